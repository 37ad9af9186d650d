import { useSignal } from "@preact/signals";
import { post } from "../api/http";
import { fragment } from "../app/router";
import { useTitle } from "../app/Shell";
import { useTrying } from "../app/trying";
import { words } from "../words";

/** From the end of a letter. Opening it changes nothing; the button does, however often it is pressed. */
export function UnsubscribePage() {
  const token = fragment.value;
  const done = useSignal(false);
  const { busy, problem, run } = useTrying();
  const say = words.unsubscribe;
  useTitle(say.title);

  async function stop(): Promise<void> {
    if (await run(() => post<void>(`/api/unsubscribe/${encodeURIComponent(token)}`, undefined))) done.value = true;
  }

  return (
    <section class="card narrow">
      <h1>{done.value ? say.doneTitle : say.title}</h1>
      <div role="status">{done.value && <p>{say.done}</p>}</div>
      {!done.value && (token === "" ? <p>{say.noLink}</p> : (
        <>
          <p>{say.says}</p>
          <p role="alert" class="says">{problem.value && (problem.value.status === 404 ? say.unknown : problem.value.detail)}</p>
          <p><button type="button" class="main" disabled={busy.value} onClick={() => void stop()}>{say.stop}</button></p>
        </>
      ))}
      <p class="quiet">{say.still}</p>
    </section>
  );
}
