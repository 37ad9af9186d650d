import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { device } from "../account/device";
import { useTitle } from "../app/Shell";
import { words } from "../words";
import { network as say } from "../words/network";
import { type Check, checkAll, type Result } from "./checks";
import { asText } from "./saying";
import "./network.css";

/** Whether this network lets through what Farfield needs: for people who look after networks and have no account. */
export function NetworkPage() {
  const results = useSignal<Result[]>([]);
  const trying = useSignal<Check | null>(null);
  const ended = useSignal("");
  useTitle(say.title);

  async function start(): Promise<void> {
    results.value = [];
    ended.value = "";
    trying.value = "answer";
    await checkAll((check) => (trying.value = check), (result) => (results.value = [...results.value, result]));
    trying.value = null;
    ended.value = new Date().toString().replace(/ \(.*/, "");
  }

  const host = location.host;
  const allow = say.allow(location.hostname, location.port || (location.protocol === "https:" ? "443" : "80"));
  const failed = results.value.filter(({ verdict }) => verdict === "fails").length;
  return (
    <article class="whole network">
      <h1>{say.title}</h1>
      <p class="screen-only">{say.says}</p>
      <p class="actions screen-only">
        <button type="button" class="main" disabled={trying.value !== null} onClick={() => void start()}>{ended.value ? say.again : say.start}</button>
      </p>
      <p role="status" class={ended.value ? "sum" : "quiet"}>
        {trying.value ? say.running(say.name[trying.value]) : ended.value && (failed ? say.some(failed) : say.allFine)}
      </p>
      {results.value.length > 0 && (
        <section>
          <h2>{say.results}</h2>
          <ul class="plain-list rows">{results.value.map((result) => <Found key={result.check} result={result} />)}</ul>
        </section>
      )}
      {ended.value && <TakeAway host={host} when={ended.value} results={results.value} allow={allow} />}
      <section>
        <h2>{say.allowTitle}</h2>
        <p>{say.allowSays}</p>
        <table>
          <tbody>{allow.map(([name, text]) => <tr key={name}><th scope="row">{name}</th><td class="break">{text}</td></tr>)}</tbody>
        </table>
      </section>
      <p class="screen-only"><a href="/">{words.name}</a></p>
    </article>
  );
}

function Found({ result: { check, verdict, says, means, change } }: { result: Result }) {
  return (
    <li class={verdict} data-check={check}>
      <p class="line"><strong>{say.name[check]}</strong><span class="verdict">{say.verdict[verdict]}</span></p>
      <p>{says}</p>
      {means && <p>{say.means}{means}</p>}
      {change && <p>{say.change}{change}</p>}
    </li>
  );
}

function TakeAway({ host, when, results, allow }: { host: string; when: string; results: Result[]; allow: [string, string][] }) {
  const copied = useSignal("");
  const area = useRef<HTMLTextAreaElement>(null);
  const on = device(navigator.userAgent);
  const by = on ? [on.browser, on.system].filter(Boolean).join(", ") : "";
  const text = asText(results, [say.tested(location.origin, when), by], allow);

  async function copy(): Promise<void> {
    area.current?.select();
    let done = true;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      done = document.execCommand("copy"); // the clipboard is there only over HTTPS
    }
    copied.value = done ? say.copied : say.copyByHand;
  }

  return (
    <section>
      <p class="quiet">{say.tested(host, when)}{by && `, ${by}`}</p>
      <p class="actions screen-only">
        <button type="button" onClick={() => print()}>{say.print}</button>
        <button type="button" onClick={() => void copy()}>{say.copy}</button>
        <a class="button" href={`mailto:?subject=${encodeURIComponent(say.subject(host))}&body=${encodeURIComponent(text.replaceAll("\n", "\r\n"))}`}>{say.mail}</a>
      </p>
      <p role="status" class="quiet screen-only">{copied.value}</p>
      <textarea class="taken screen-only" ref={area} readOnly tabIndex={-1} aria-hidden="true" value={text} />
    </section>
  );
}
