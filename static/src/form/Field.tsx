import { type Signal, useSignal } from "@preact/signals";
import type { Ref } from "preact";
import { useId } from "preact/hooks";
import { words } from "../words";

interface Filled {
  label: string;
  value: Signal<string>;
  autocomplete: string;
  hint?: string | undefined;
  input?: Ref<HTMLInputElement>;
}

export function Field({ label, value, autocomplete, hint, input, longest = 100 }: Filled & { longest?: number }) {
  const id = useId();
  return (
    <label class="field">
      <span>{label}</span>
      <input
        type="text" ref={input ?? null} value={value.value} maxLength={longest} autoComplete={autocomplete}
        onInput={(event) => (value.value = event.currentTarget.value)} aria-describedby={hint ? id : undefined}
      />
      {hint && <small id={id} class="quiet">{hint}</small>}
    </label>
  );
}

/** No `type="email"`: browsers take some legal addresses for none, and rewrite others. */
export function EmailField({ label = words.form.email, value, autocomplete, hint, input }: Omit<Filled, "label"> & { label?: string }) {
  const id = useId();
  return (
    <label class="field">
      <span>{label}</span>
      <input
        type="text" inputMode="email" ref={input ?? null} value={value.value} maxLength={300} autoComplete={autocomplete}
        autoCapitalize="none" spellcheck={false} onInput={(event) => (value.value = event.currentTarget.value)}
        aria-describedby={hint ? id : undefined}
      />
      {hint && <small id={id} class="quiet">{hint}</small>}
    </label>
  );
}

export function PasswordField({ label, value, autocomplete, hint, input }: Filled) {
  const shown = useSignal(false);
  const id = useId();
  const type = (shown.value ? "text" : "password") as "password"; // the types of inputs know no field that is both in turn
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <span class="beside">
        <input
          id={id} type={type} ref={input ?? null} value={value.value} maxLength={1000}
          autoComplete={autocomplete} autoCapitalize="none" spellcheck={false} aria-describedby={hint ? `${id}-hint` : undefined}
          onInput={(event) => (value.value = event.currentTarget.value)}
        />
        <button type="button" class="plain" aria-pressed={shown.value} aria-controls={id} onClick={() => (shown.value = !shown.value)}>
          {shown.value ? words.form.hide : words.form.show}<span class="unseen"> ({label})</span>
        </button>
      </span>
      {hint && <small id={`${id}-hint`} class="quiet">{hint}</small>}
    </div>
  );
}
