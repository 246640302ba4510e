/**
 * What can go wrong with a file: one code a cause, for the page to put into words.
 *
 * | code          | meaning                                                                                |
 * | ------------- | -------------------------------------------------------------------------------------- |
 * | `empty`       | the file has no bytes                                                                  |
 * | `unsupported` | no picture or video, or of a kind that this browser cannot open                        |
 * | `unreadable`  | damaged, cut short, or the system refused to read it                                   |
 * | `too_small`   | a side is under 5 pixels: nothing to compare                                           |
 * | `low_quality` | too plain to be recognised once edited; only an exact copy can be                      |
 * | `too_large`   | more bytes, pixels or minutes than a browser should be asked to hold                   |
 * | `cancelled`   | the page asked to stop                                                                 |
 * | `failed`      | the worker died (often: no memory left) or could not be loaded                         |
 */

/** @typedef {"empty"|"unsupported"|"unreadable"|"too_small"|"low_quality"|"too_large"|"cancelled"|"failed"} Code */

/** The one error that leaves this module. */
export class DeviceError extends Error {
  /**
   * @param {Code} code
   * @param {object|null} [partial] What is known all the same, in the shape of a fingerprint: the digests,
   *   and for `too_small` and `low_quality` everything. An exact copy can still be recognised by it.
   */
  constructor(code, partial = null) {
    super(code);
    this.name = "DeviceError";
    this.code = code;
    this.partial = partial;
  }
}
