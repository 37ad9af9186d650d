import { useEffect } from "preact/hooks";
import type { Playback } from "./playback";
import type { Writing } from "./writing";

/** Keys that work anywhere in the room, except where they mean something already: in texts, and space on a button. */
export function useKeys(playback: Playback, writing: Writing, ready: boolean, next: () => void): void {
  useEffect(() => {
    if (!ready) return;
    const press = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      const on = event.target as HTMLElement;
      if (on.closest("textarea, input, select")) return;
      switch (event.key) {
        case " ":
          if (on.closest("button, a, summary")) return;
          playback.toggle();
          break;
        case "ArrowLeft": playback.step(-5000); break;
        case "ArrowRight": playback.step(5000); break;
        case "j":
        case "J": next(); break;
        case "n":
        case "N": writing.begin(); break;
        case "Escape": writing.putAway(); return;
        default: return;
      }
      event.preventDefault();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [playback, writing, ready]);
}
