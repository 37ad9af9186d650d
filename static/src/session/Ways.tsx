import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { post } from "../api/http";
import type { Doors } from "../api/shapes";
import { useFetched } from "../app/fetched";
import { useTrying } from "../app/trying";
import { EmailField, PasswordField } from "../form/Field";
import { words } from "../words";
import { signInWithPassword } from "./session";

/** The ways in: a password, or a link that is mailed. `then`: once somebody is signed in. */
export function Ways({ then }: { then: () => void }) {
  const doors = useFetched<Doors>("/api/doors").value.value;
  const email = useSignal("");
  const password = useSignal("");
  const missing = useSignal<string | null>(null);
  const entry = useTrying();
  const emailInput = useRef<HTMLInputElement>(null);
  const passwordInput = useRef<HTMLInputElement>(null);

  function filled(wants: "email" | "both"): boolean {
    const [says, input] = email.value.trim() === "" ? [words.session.needEmail, emailInput]
      : wants === "both" && password.value === "" ? [words.session.needPassword, passwordInput] : [null, null];
    missing.value = says;
    entry.problem.value = null;
    input?.current?.focus();
    return says === null;
  }

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    if (!filled("both")) return;
    const answer = await entry.run(() => signInWithPassword(email.value.trim(), password.value));
    if (answer) then();
    else if (entry.problem.value?.slug === "sign_in_refused") passwordInput.current?.select();
  }

  return (
    <>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <EmailField value={email} autocomplete="username" input={emailInput} />
        <PasswordField label={words.form.password} value={password} autocomplete="current-password" input={passwordInput} />
        <p role="alert" class="says">{missing.value ?? entry.problem.value?.detail}</p>
        <p class="actions"><button type="submit" class="main" disabled={entry.busy.value}>{words.session.signIn}</button></p>
      </form>
      {doors && !doors.mail && <p class="rule">{words.session.noMail}</p>}
      {doors?.mail && <MailMe email={email.value} filled={() => filled("email")} />}
      {doors?.demo && <DemoOutbox />}
      <p class="quiet"><a href="/network">{words.network.link}</a></p>
    </>
  );
}

function MailMe({ email, filled }: { email: string; filled: () => boolean }) {
  const sent = useSignal<string | null>(null);
  const { busy, problem, run } = useTrying();

  async function mail(): Promise<void> {
    sent.value = null;
    const address = email.trim();
    if (filled() && (await run(() => post<void>("/api/sign-in-links", { email: address })))) sent.value = address;
  }

  return (
    <div class="rule">
      <p>{words.session.noPassword}</p>
      <p class="actions"><button type="button" disabled={busy.value} onClick={() => void mail()}>{words.session.mailMe}</button></p>
      <p role="alert" class="says">{problem.value?.detail}</p>
      {/* The same whether or not anybody has the address. */}
      <div role="status" class="answer">{sent.value && <><p>{words.session.mailed(sent.value)}</p><p class="quiet">{words.session.mailedHint}</p></>}</div>
    </div>
  );
}

/** In a demo no mail leaves the machine, and a page shows it instead. */
export function DemoOutbox() {
  return <p class="quiet">{words.letters.demo} <a href="/outbox">{words.letters.open}</a></p>;
}
