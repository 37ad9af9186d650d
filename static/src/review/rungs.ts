/** Which picture may come. Pure. */

/** A picture that can be chosen: short side in pixels, and bits a second at most. */
export interface Rung { side: number; bits: number }

/** The short side of the largest picture that the data saver lets come. */
export const SAVER_SIDE = 360;

/** The last of the levels (smallest first) that the data saver lets come: never none at all. -1: no limit. */
export function ceiling(sides: readonly number[], saver: boolean): number {
  if (!saver) return -1;
  return Math.max(0, sides.findLastIndex((side) => side <= SAVER_SIDE));
}

export interface Connection { saveData?: boolean }

/** What was chosen on this device, else what the device says of itself. */
export function saverAtFirst(kept: string | null, connection: Connection | undefined): boolean {
  return kept === null ? connection?.saveData === true : kept === "on";
}
