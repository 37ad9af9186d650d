import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

/** For the button that opens a form in its place: when the form is put away, the keyboard is back on it. */
export function useReturn(open: boolean): RefObject<HTMLButtonElement | null> {
  const opener = useRef<HTMLButtonElement>(null);
  const was = useRef(false);
  useLayoutEffect(() => {
    if (was.current && !open) opener.current?.focus({ preventScroll: true });
    was.current = open;
  }, [open]);
  return opener;
}
