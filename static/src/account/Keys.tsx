import { useSignal } from "@preact/signals";
import { remove } from "../api/http";
import type { TokenList, TokenMade } from "../api/shapes";
import type { Fetched } from "../app/fetched";
import { useTrying } from "../app/trying";
import { CopyOnce } from "../form/CopyOnce";
import { Sure } from "../form/Sure";
import { day } from "../time/format";
import { words } from "../words";
import { MakeKey } from "./MakeKey";

/** Personal tokens. On screen they are keys: that is what they are for. */
export function Keys({ keys }: { keys: Fetched<TokenList> }) {
  const making = useSignal(false);
  const made = useSignal<TokenMade | null>(null);
  const { busy, problem, run } = useTrying();
  const rows = keys.value.value?.tokens ?? [];

  async function revoke(id: string): Promise<void> {
    const answer = await run(() => remove(`/api/tokens/${id}`));
    if (answer && made.value?.token.id === id) made.value = null;
    keys.again();
  }

  return (
    <section class="card" aria-labelledby="keys">
      <h2 id="keys">{words.account.keys}</h2>
      <p>{words.account.keysSay}</p>
      {made.value && (
        <div>
          <CopyOnce label={words.account.keyMade(made.value.token.name)} text={made.value.secret} />
          <p class="quiet">{words.account.keyUse}</p>
          <pre tabIndex={0}>{words.account.keyCommand(location.origin)}</pre>
        </div>
      )}
      <ul class="rows">
        {rows.map(({ id, name, scopes, expires_at }) => (
          <li key={id}>
            <p><strong>{name}</strong></p>
            <p class="quiet">{words.account.isFor(scopes.map((scope) => words.account.scopeShort[scope]))} {expires_at ? words.account.until(day(expires_at)) : words.account.untilRevoked}</p>
            <Sure label={words.account.revoke} about={name} question={words.account.revokeSure(name)} busy={busy.value} run={() => void revoke(id)} />
          </li>
        ))}
      </ul>
      <p role="alert" class="says">{problem.value?.detail ?? keys.problem.value?.detail}</p>
      {making.value ? (
        <MakeKey
          close={() => (making.value = false)} unsure={keys.again}
          made={(found) => {
            made.value = found;
            making.value = false;
            keys.again();
          }}
        />
      ) : <p><button type="button" onClick={() => { making.value = true; made.value = null; }}>{words.account.makeKey}</button></p>}
    </section>
  );
}
