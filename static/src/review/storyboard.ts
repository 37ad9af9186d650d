/** One small picture of a storyboard: where it is on which sheet (pixels), and the moments it stands for (ms). */
export interface Tile { start: number; end: number; sheet: string; x: number; y: number; width: number; height: number }

const TIMES = /^(\d+):(\d\d):(\d\d)\.(\d{3}) --> (\d+):(\d\d):(\d\d)\.(\d{3})$/;
const AREA = /^(\S+)#xywh=(\d+),(\d+),(\d+),(\d+)$/;

const ms = (parts: readonly string[]): number => {
  const [hours = 0, minutes = 0, seconds = 0, thousandths = 0] = parts.map(Number);
  return ((hours * 60 + minutes) * 60 + seconds) * 1000 + thousandths;
};

/** The tiles of a storyboard's WebVTT as our server writes it, in time order; what is not one is left out. */
export function tilesIn(text: string): Tile[] {
  const lines = text.split("\n");
  return lines.flatMap((line, n) => {
    const times = TIMES.exec(line.trim());
    const area = AREA.exec(lines[n + 1]?.trim() ?? "");
    if (!times || !area) return [];
    const [x = 0, y = 0, width = 0, height = 0] = area.slice(2).map(Number);
    return [{ start: ms(times.slice(1, 5)), end: ms(times.slice(5)), sheet: area[1]!, x, y, width, height }];
  });
}

/** The tile that stands for a moment; the last one for whatever comes after. */
export function tileAt(tiles: readonly Tile[], moment: number): Tile | null {
  return tiles.find(({ start, end }) => start <= moment && moment < end) ?? tiles.findLast(({ start }) => start <= moment) ?? null;
}
