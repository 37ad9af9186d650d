import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { words } from "../words";
import { Icon } from "./Icon";

/** The whole player goes full screen: the picture with what is drawn over it, the line, and the buttons. */
export function FullScreen() {
  const full = useSignal(document.fullscreenElement !== null);
  useEffect(() => {
    const look = (): void => void (full.value = document.fullscreenElement !== null);
    document.addEventListener("fullscreenchange", look);
    return () => document.removeEventListener("fullscreenchange", look);
  }, []);
  if (!document.fullscreenEnabled) return null;
  function toggle({ currentTarget }: { currentTarget: HTMLElement }): void {
    const done = full.value ? document.exitFullscreen() : currentTarget.closest(".theatre")?.requestFullscreen();
    void done?.catch(() => undefined);
  }
  return (
    <button type="button" class="plain wide-only" aria-label={full.value ? words.room.leaveFull : words.room.full} onClick={toggle}>
      <Icon d={full.value ? "M6 3v3H3M13 6h-3V3M10 13v-3h3M3 10h3v3" : "M3 6V3h3M10 3h3v3M13 10v3h-3M6 13H3v-3"} />
    </button>
  );
}
