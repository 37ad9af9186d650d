import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { session, signOut } from "../session/session";
import { UploadPill } from "../upload/UploadPill";
import { words } from "../words";
import { route } from "./router";

/** What every screen stands in: name, who is signed in, notices, the way to the explanation of what is switched off. */
export function Shell({ children }: { children: ComponentChildren }) {
  const main = useRef<HTMLElement>(null);
  const here = route.value;
  const who = session.value;
  const first = useRef(true);
  // As the page is put in place: a moment later somebody may be typing already, and would be torn out of their field.
  useLayoutEffect(() => {
    // After going elsewhere, a screen reader and the keyboard start at the new page's top.
    if (first.current) first.current = false;
    else main.current?.focus({ preventScroll: true });
  }, [here]);
  const inside = Boolean(who);
  const before = useRef(who);
  useLayoutEffect(() => {
    // The same page is another one once somebody is in, or out: the button that was pressed is gone.
    if (before.current !== undefined && Boolean(before.current) !== inside) main.current?.focus({ preventScroll: true });
    before.current = who;
  }, [inside, who === undefined]);
  // By hand, since what stands behind the # may be the secret of a letter's link.
  const skip = (event: Event): void => {
    event.preventDefault();
    main.current?.focus();
  };
  const wide = here.page === "lesson";
  return (
    <>
      <a class="skip" href="#main" onClick={skip}>{words.skip}</a>
      <header class="top">
        <a class="brand" href="/"><img src="/favicon.svg" alt="" width="24" height="24" />{words.name}</a>
        <UploadPill />
        {who && (
          <span class="who">
            <a class="who-name" href="/account" title={words.account.title} aria-current={here.page === "account" ? "page" : undefined}>{who.person.name}</a>
            <button type="button" class="plain" onClick={() => void signOut()}>{words.session.signOut}</button>
          </span>
        )}
      </header>
      {who && !who.storage_ready && <p class="notice" role="status">{words.storageStarting}</p>}
      <main id="main" class={wide ? "wide" : ""} tabIndex={-1} ref={main}>{children}</main>
      {!isSecureContext && here.page !== "here" && (
        <footer class="foot">
          <span>{words.here.notice}</span> <a href="/here">{words.here.link}</a>
        </footer>
      )}
    </>
  );
}

export function useTitle(title: string | undefined): void {
  useEffect(() => {
    document.title = title ? `${title} · ${words.name}` : words.name;
  }, [title]);
}
