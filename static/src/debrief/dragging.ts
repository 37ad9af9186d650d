import { useRef } from "preact/hooks";

/** What a handle needs so that its item follows the pointer, finger or pen. Keys have buttons of their own. */
export function useDragging(move: (from: number, to: number) => void) {
  const from = useRef<number | null>(null);

  function begin(event: PointerEvent, at: number): void {
    if (event.button !== 0) return;
    event.preventDefault();
    from.current = at;
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
  }

  /** The item takes the place of whichever one the pointer has reached the middle of. */
  function drag(event: PointerEvent): void {
    const list = (event.currentTarget as HTMLElement).closest("ol");
    const now = from.current;
    if (now === null || !list) return;
    const middles = [...list.children].map((item) => {
      const { top, height } = item.getBoundingClientRect();
      return top + height / 2;
    });
    let to = now;
    while (to > 0 && event.clientY < middles[to - 1]!) to--;
    while (to < middles.length - 1 && event.clientY > middles[to + 1]!) to++;
    if (to === now) return;
    from.current = to;
    move(now, to);
  }

  const end = (): void => void (from.current = null);
  return (at: number) => ({
    onPointerDown: (event: PointerEvent) => begin(event, at),
    onPointerMove: drag,
    onPointerUp: end,
    onPointerCancel: end,
  });
}
