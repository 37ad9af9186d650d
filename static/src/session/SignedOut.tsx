import { useEffect } from "preact/hooks";
import { useTitle } from "../app/Shell";
import { words } from "../words";
import { loadSession, wasSignedIn } from "./session";
import { Ways } from "./Ways";

/** The page one wanted comes by itself once one is signed in: here, or in another tab with a mailed link. */
export function SignedOut() {
  const title = wasSignedIn.value ? words.session.signedOutTitle : words.session.signInTitle;
  useTitle(title);
  useEffect(() => {
    const seen = (): void => void (document.visibilityState === "visible" && void loadSession());
    document.addEventListener("visibilitychange", seen);
    return () => document.removeEventListener("visibilitychange", seen);
  }, []);
  return (
    <section class="card narrow">
      <h1>{title}</h1>
      {wasSignedIn.value && <p>{words.session.signedOutSays}</p>}
      <Ways then={() => undefined} />
    </section>
  );
}
