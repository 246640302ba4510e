/** How much of a file is taken on; a telephone has less room than the hotline's own decoder. */

/** A shorter side has the zero hash and quality 0, as in every implementation of PDQ. */
export const MIN_SIDE = 5;

/** A hash of lower quality is not matched on by anybody (the field discards 49 and less). */
export const MIN_QUALITY = 50;

/** Pixels of one picture or frame: 120 million take up to 480 MB while they are decoded. */
export const MAX_PIXELS = 120_000_000;

/** Pixels of a HEIC that we decode ourselves: 50 million, a telephone's largest, are in memory twice. */
export const MAX_HEIF_PIXELS = 50_000_000;

/** Pixels whose hash may be worked out again in 32 bits, which takes eight bytes for each. */
export const MAX_EXACT_PIXELS = 16_000_000;

/** A picture is handed to the decoder whole; a video and the digests are read in pieces. */
export const MAX_IMAGE_BYTES = 256 * 1024 * 1024;
export const MAX_BYTES = 8 * 1024 * 1024 * 1024;

/** Seconds of video, one hash each. */
export const MAX_SECONDS = 4 * 3600;
