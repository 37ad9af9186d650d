import { useSignal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { unreachable } from "../api/problem";
import { words } from "../words";
import { Trouble } from "./Trouble";

/** A page whose code comes with the first visit to it. */
export function later<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let here: ComponentType<P> | null = null;
  return function Later(props: P) {
    const page = useSignal(here);
    const away = useSignal(false);
    useEffect(() => {
      if (page.value) return;
      load().then((found) => (page.value = here = found), () => (away.value = true));
    }, []);
    const Page = page.value;
    if (Page) return <Page {...props} />;
    // A browser may remember that a piece of code did not come; only a new page asks again for sure.
    if (away.value) return <Trouble problem={unreachable()} again={() => location.reload()} />;
    return <p class="quiet" role="status">{words.loading}</p>;
  };
}
