import { useEffect, useRef } from "preact/hooks";

interface Moves {
  /** While the pointer is down: the item at `from` is now at `to`. */
  move(from: number, to: number): void;
  /** It was let go somewhere else than where it began. */
  done(): void;
}

/** What a handle needs so that its item follows the pointer, finger or pen. Keys have buttons of their own. */
export function useDragging(moves: Moves): (at: number) => { onPointerDown(event: PointerEvent): void } {
  const now = useRef(moves);
  now.current = moves;
  const stop = useRef<(() => void) | null>(null);
  useEffect(() => () => stop.current?.(), []);

  function begin(event: PointerEvent, start: number): void {
    const list = (event.currentTarget as HTMLElement).closest("ol");
    if (event.button !== 0 || !list) return;
    event.preventDefault();
    stop.current?.();
    let at = start;
    // On the window: an item that is moved in the page loses the pointer it had.
    const gone = new AbortController();
    const drag = ({ clientY }: PointerEvent): void => {
      const to = reached(list, at, clientY);
      if (to === at) return;
      now.current.move(at, to);
      at = to;
    };
    const end = (): void => {
      gone.abort();
      stop.current = null;
      if (at !== start) now.current.done();
    };
    addEventListener("pointermove", drag, { signal: gone.signal });
    addEventListener("pointerup", end, { signal: gone.signal });
    addEventListener("pointercancel", end, { signal: gone.signal });
    stop.current = () => gone.abort();
  }

  return (at) => ({ onPointerDown: (event) => begin(event, at) });
}

/** The place of whichever item the pointer has reached the middle of. */
function reached(list: HTMLElement, at: number, y: number): number {
  const middles = [...list.children].map((item) => {
    const { top, height } = item.getBoundingClientRect();
    return top + height / 2;
  });
  let to = at;
  while (to > 0 && y < middles[to - 1]!) to--;
  while (to < middles.length - 1 && y > middles[to + 1]!) to++;
  return to;
}
