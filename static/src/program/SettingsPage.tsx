import { type Signal, useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { get, put } from "../api/http";
import type { ProgramSettingsPage, ProgramSetUp, StageDays } from "../api/shapes";
import { useFetched } from "../app/fetched";
import { useTitle } from "../app/Shell";
import { Trouble } from "../app/Trouble";
import { useTrying } from "../app/trying";
import { words } from "../words";
import { Frameworks } from "./Frameworks";
import { daysOf, type Draft, draftOf, lines, STAGES, tagsOf } from "./settingsDraft";

const MODES = ["teacher_first", "together", "open"] as const;

/** What a program sets for its cycles, by its lead. */
export function SettingsPage({ id }: { id: string }) {
  const page = useFetched<ProgramSettingsPage>(`/api/programs/${id}/settings`);
  const found = page.value.value;
  useTitle(found ? words.settings.title(found.name) : undefined);
  if (!found) {
    const problem = page.problem.value;
    return problem ? <Trouble problem={problem} again={page.again} /> : <p class="quiet" role="status">{words.loading}</p>;
  }
  return (
    <div class="column-page">
      <p class="crumb"><a href="/">{words.people.board}</a></p>
      <h1>{words.settings.title(found.name)}</h1>
      <p>{words.settings.says}</p>
      <Form path={`/api/programs/${id}/settings`} page={found} />
    </div>
  );
}

function Form({ path, page }: { path: string; page: ProgramSettingsPage }) {
  const draft = useSignal<Draft>(draftOf(page.settings));
  const revision = useSignal(page.revision);
  const says = useSignal<string | null>(null);
  const theirs = useSignal<ProgramSettingsPage | null>(null);
  const saved = useSignal(false);
  const { busy, problem, run } = useTrying();
  const name = useId();
  const change = (part: Partial<Draft>): void => {
    draft.value = { ...draft.value, ...part };
    saved.value = false;
  };

  async function save(event: Event): Promise<void> {
    event.preventDefault();
    saved.value = false;
    const asked = read(draft.value);
    says.value = typeof asked === "string" ? asked : null;
    if (typeof asked === "string") return;
    theirs.value = null;
    const done = await run(() => put<ProgramSettingsPage>(path, { revision: revision.value, settings: asked }));
    if (done) {
      revision.value = done.done.revision;
      draft.value = draftOf(done.done.settings);
      saved.value = true;
    } else if (problem.value?.slug === "settings_changed") {
      // What was typed stays; saving once more puts it in place of theirs, knowing that they are there.
      const now = await run(() => get<ProgramSettingsPage>(path));
      if (now) {
        revision.value = now.done.revision;
        theirs.value = now.done;
      }
    }
  }

  return (
    <form onSubmit={(event) => void save(event)} noValidate>
      <fieldset class="field">
        <legend>{words.settings.mode}</legend>
        {MODES.map((mode) => (
          <label key={mode} class="check">
            <input type="radio" name={`${name}-mode`} checked={draft.value.mode === mode} onChange={() => change({ mode })} />
            <span>{words.moving.mode[mode]}</span>
          </label>
        ))}
      </fieldset>
      <fieldset class="field">
        <legend>{words.settings.days}</legend>
        <small class="quiet">{words.settings.daysHint}</small>
        <div class="days">
          {STAGES.map((stage) => (
            <label key={stage} class="field">
              <span>{words.stages[stage]}</span>
              <input
                type="number" min={1} max={365} step={1} inputMode="numeric" value={draft.value.days[stage]}
                onInput={(event) => change({ days: { ...draft.value.days, [stage]: event.currentTarget.value } })}
              />
            </label>
          ))}
        </div>
      </fieldset>
      <Lines label={words.settings.categories} hint={words.settings.categoriesHint} draft={draft} part="categories" change={change} rows={8} />
      <Lines label={words.settings.prompts} hint={words.settings.promptsHint} draft={draft} part="prompts" change={change} rows={5} />
      <Frameworks all={draft.value.frameworks} change={(frameworks) => change({ frameworks })} />
      {theirs.value && (
        <div class="card quietly" role="alert">
          <p>{words.settings.theirs}</p>
          <p class="actions">
            <button type="button" onClick={() => { draft.value = draftOf(theirs.value?.settings ?? page.settings); theirs.value = null; }}>{words.settings.lookAtTheirs}</button>
          </p>
        </div>
      )}
      <p role="alert" class="says">{says.value ?? problem.value?.detail}</p>
      <p class="actions"><button type="submit" class="main" disabled={busy.value}>{words.settings.save}</button></p>
      <div role="status" class="answer">{saved.value && <p>{words.settings.saved}</p>}</div>
    </form>
  );
}

interface Listed { label: string; hint: string; rows: number; part: "categories" | "prompts"; draft: Signal<Draft>; change: (part: Partial<Draft>) => void }

function Lines({ label, hint, rows, part, draft, change }: Listed) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <textarea id={id} rows={rows} dir="auto" value={draft.value[part]} aria-describedby={`${id}-hint`} onInput={(event) => change({ [part]: event.currentTarget.value })} />
      <small id={`${id}-hint`} class="quiet">{hint}</small>
    </div>
  );
}

/** What is sent, or the sentence that says what is still in the way. */
function read({ mode, days, categories, prompts, frameworks }: Draft): ProgramSetUp | string {
  const stage_days = daysOf(days);
  if (typeof stage_days === "string") return stage_days;
  const read = [];
  for (const { name, version, tags } of frameworks) {
    const found = tagsOf(tags);
    if (typeof found === "string") return found;
    read.push({ name: name.trim(), version: version.trim(), tags: found });
  }
  return { release_mode: mode, stage_days: stage_days as StageDays, focus_categories: lines(categories), prompts: lines(prompts), frameworks: read };
}
