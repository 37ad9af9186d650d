import { useId } from "preact/hooks";
import { Sure } from "../form/Sure";
import { words } from "../words";
import type { FrameworkDraft } from "./settingsDraft";

/** Lists of codes, each with its version. */
export function Frameworks({ all, change }: { all: FrameworkDraft[]; change: (all: FrameworkDraft[]) => void }) {
  const set = (n: number, part: Partial<FrameworkDraft>): void => change(all.map((one, at) => (at === n ? { ...one, ...part } : one)));
  return (
    <fieldset class="field">
      <legend>{words.settings.frameworks}</legend>
      <small class="quiet">{words.settings.frameworksHint}</small>
      {all.map((framework, n) => (
        <One key={n} framework={framework} set={(part) => set(n, part)} remove={() => change(all.filter((_, at) => at !== n))} />
      ))}
      <p class="actions"><button type="button" onClick={() => change([...all, { name: "", version: "1", tags: "" }])}>{words.settings.add}</button></p>
    </fieldset>
  );
}

function One({ framework, set, remove }: { framework: FrameworkDraft; set: (part: Partial<FrameworkDraft>) => void; remove: () => void }) {
  const id = useId();
  return (
    <div class="framework">
      {(["name", "version"] as const).map((part) => (
        <label key={part} class="field">
          <span>{words.settings[part]}</span>
          <input type="text" maxLength={200} dir="auto" value={framework[part]} onInput={(event) => set({ [part]: event.currentTarget.value })} />
        </label>
      ))}
      <div class="field">
        <label for={id}>{words.settings.tags}</label>
        <textarea id={id} rows={6} dir="auto" value={framework.tags} aria-describedby={`${id}-hint`} onInput={(event) => set({ tags: event.currentTarget.value })} />
        <small id={`${id}-hint`} class="quiet">{words.settings.tagsHint}</small>
      </div>
      <Sure label={words.settings.remove} about={framework.name} question={words.settings.removeSure(framework.name)} busy={false} run={remove} />
    </div>
  );
}
