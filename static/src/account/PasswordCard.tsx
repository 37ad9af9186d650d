import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { call, post } from "../api/http";
import type { Session } from "../api/shapes";
import { useTrying } from "../app/trying";
import { PasswordField } from "../form/Field";
import { justJoined } from "../invitation/joined";
import { loadSession } from "../session/session";
import { words } from "../words";

/** As long as the server asks for nothing more, less a minute for clocks that differ. */
const FRESH_MS = 14 * 60_000;

interface Shown { who: Session; mail: boolean; since: string | null; changed: () => void }

export function PasswordCard({ who, mail, since, changed }: Shown) {
  const opened = useSignal(!who.has_password);
  const done = useSignal(false);
  const say = words.account;
  return (
    <section class="card" aria-labelledby="password">
      <h2 id="password">{say.password}</h2>
      <div role="status" class="answer">{done.value && <p>{say.passwordSet}</p>}</div>
      {!done.value && <p>{who.has_password ? say.hasPassword : mail ? say.noPassword : say.noPasswordNoMail}</p>}
      {opened.value ? (
        <PasswordForm
          who={who} mail={mail} since={since} close={who.has_password ? () => (opened.value = false) : null}
          set={() => {
            opened.value = false;
            done.value = true;
            justJoined.value = null;
            void loadSession();
            changed();
          }}
        />
      ) : <p><button type="button" onClick={() => { opened.value = true; done.value = false; }}>{say.changePassword}</button></p>}
    </section>
  );
}

interface Form { who: Session; mail: boolean; since: string | null; close: (() => void) | null; set: () => void }

function PasswordForm({ who, mail, since, close, set }: Form) {
  const password = useSignal("");
  const present = useSignal("");
  const missing = useSignal<string | null>(null);
  const asked = useSignal(false);
  const { busy, problem, run } = useTrying();
  const first = useRef<HTMLInputElement>(null);
  const fresh = since !== null && Date.now() - Date.parse(since) < FRESH_MS;
  // Whoever came in by a link because the password was forgotten need not know it.
  const asksPresent = who.has_password && (asked.value || !fresh);

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    missing.value = password.value === "" ? words.account.needPassword : null;
    if (missing.value) return first.current?.focus();
    const body = { password: password.value, ...(asksPresent && present.value !== "" ? { present: present.value } : {}) };
    if (await run(() => call<void>("PUT", "/api/password", body))) set();
    else if (problem.value?.slug === "wrong_password") asked.value = true;
  }

  const again = problem.value?.slug === "sign_in_again";
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      {/* Password managers keep the two together. */}
      <input type="text" class="unseen" value={who.person.email} autoComplete="username" readOnly tabIndex={-1} aria-hidden="true" />
      {asksPresent && <PasswordField label={words.account.present} value={present} autocomplete="current-password" hint={words.account.presentHint} />}
      <PasswordField label={words.account.newPassword} value={password} autocomplete="new-password" hint={words.account.rules} input={first} />
      <p role="alert" class="says">{missing.value ?? problem.value?.detail}</p>
      {again && <Again email={who.person.email} mail={mail} />}
      <p class="actions">
        <button type="submit" class="main" disabled={busy.value}>{words.account.setPassword}</button>
        {close && <button type="button" class="plain" onClick={close}>{words.form.leaveIt}</button>}
      </p>
    </form>
  );
}

/** Signing in once more in another tab gives this page, too, its fresh session: what was typed stays. */
function Again({ email, mail }: { email: string; mail: boolean }) {
  const { busy, problem, run } = useTrying();
  const sent = useSignal(false);
  if (!mail) return <p>{words.account.againNoMail}</p>;
  return (
    <>
      <p class="actions">
        <button type="button" disabled={busy.value} onClick={() => void run(() => post<void>("/api/sign-in-links", { email })).then((answer) => (sent.value = answer !== null))}>
          {words.session.mailMe}
        </button>
      </p>
      <p role="status">{sent.value ? words.account.againSent(email) : problem.value?.detail}</p>
    </>
  );
}
