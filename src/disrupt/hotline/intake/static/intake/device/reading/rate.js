/** The frame rate of a film whose header does not say it, from the times of a few frames. */

/** Rates that films are made at; a measured one this near is that one (ISO 13818-2, table 6-4). */
const COMMON = [24000 / 1001, 24, 25, 30000 / 1001, 30, 50, 60000 / 1001, 60];
const NEAR = 0.0005;
const FINEST = 1 / 240;

/**
 * Looks ever further ahead for the second frame, then eight, 64, 512... frames on: a time rounded to the
 * millisecond is too coarse between neighbours (29.97 or 30?), and fine over seconds.
 * @param {(time: number) => Promise<number|null>} timeOf Time of the frame shown at a time; null if unknown.
 * @param {number} duration In seconds.
 * @returns {Promise<number|null>} Frames a second.
 */
export async function measureRate(timeOf, duration) {
  const first = await timeOf(0);
  if (first === null) return null;
  let length = 0;
  // Doubling cannot jump over the second frame: it lasts as long as the first.
  for (let ahead = FINEST; length === 0 && first + ahead < duration; ahead *= 2) {
    const time = await timeOf(first + ahead);
    if (time !== null && time > first) length = time - first;
  }
  if (length === 0) return null;
  for (let count = 8; first + (count + 1) * length < duration; count *= 8) {
    const time = await timeOf(first + (count + 0.5) * length);
    if (time === null || time <= first) break;
    length = (time - first) / Math.round((time - first) / length);
  }
  const rate = 1 / length;
  return COMMON.find((common) => Math.abs(rate / common - 1) < NEAR) ?? rate;
}
