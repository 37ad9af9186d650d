import { useTitle } from "../app/Shell";
import { words } from "../words";

export function SignedOut() {
  useTitle(words.session.signedOutTitle);
  return (
    <section class="card narrow">
      <h1>{words.session.signedOutTitle}</h1>
      <p>{words.session.signedOutSays}</p>
      <p class="quiet">{words.session.demoSays}</p>
    </section>
  );
}
