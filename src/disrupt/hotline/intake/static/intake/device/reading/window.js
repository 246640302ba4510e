/** Random access to a file for the parsers of headers: small reads out of a block that is kept. */

const BLOCK = 1 << 16;

export class Window {
  /** @param {Blob} file */
  constructor(file) {
    this.file = file;
    this.from = 0;
    this.block = new Uint8Array(0);
  }

  /**
   * @param {number} at
   * @param {number} length
   * @returns {Promise<Uint8Array>} Fewer bytes where the file ends.
   */
  async bytes(at, length) {
    const end = Math.min(at + length, this.file.size);
    if (at < this.from || end > this.from + this.block.length) {
      this.from = at;
      this.block = new Uint8Array(await this.file.slice(at, at + Math.max(length, BLOCK)).arrayBuffer());
    }
    return this.block.subarray(at - this.from, Math.max(at, end) - this.from);
  }

  /** @returns {Promise<DataView>} */
  async view(at, length) {
    const bytes = await this.bytes(at, length);
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
}
