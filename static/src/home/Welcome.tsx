import { justJoined } from "../invitation/joined";
import { words } from "../words";

/** Once, after joining without a password. Whoever puts it away finds the same on the page of their account. */
export function Welcome() {
  const joined = justJoined.value;
  if (!joined) return null;
  return (
    <section class="card quietly">
      <p>{joined.mail ? words.home.setPassword : words.home.setPasswordNoMail}</p>
      <p class="actions">
        <a class="button" href="/account">{words.account.setPassword}</a>
        <button type="button" class="plain" onClick={() => (justJoined.value = null)}>{words.home.notNow}</button>
      </p>
    </section>
  );
}
