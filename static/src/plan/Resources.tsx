import { useSignal } from "@preact/signals";
import type { Resource } from "../api/shapes";
import { useCommand } from "../app/command";
import { personIn } from "../cycle/may";
import { Sure } from "../form/Sure";
import type { OpenCycle } from "../live/cycle";
import { session } from "../session/session";
import { day, size } from "../time/format";
import { transfers } from "../upload/store";
import { words } from "../words";
import { kindOf, MOST_BYTES, sendFiles } from "./files";
import { Sending } from "./Sending";

/** Files beside the plan: saved, or looked at where they are pictures; never run. */
export function Resources({ page, writes }: { page: OpenCycle; writes: boolean }) {
  const cycle = page.cycle.value!;
  const refused = useSignal<string[]>([]);
  const files = Object.values(cycle.resources).sort((a, b) => a.at.localeCompare(b.at));
  const going = transfers.value.filter(({ to }) => to.kind === "resource" && to.id === page.id);
  if (!writes && files.length === 0) return null;

  function pick(input: HTMLInputElement): void {
    const picked = [...(input.files ?? [])];
    input.value = "";
    refused.value = picked.flatMap((file) =>
      file.size === 0 ? [words.plan.empty(file.name)] : file.size > MOST_BYTES ? [words.plan.tooLarge(file.name, size(file.size))] : []);
    sendFiles(page.id, picked.filter((file) => file.size > 0 && file.size <= MOST_BYTES));
  }

  return (
    <div class="field files" role="group" aria-labelledby="plan-files">
      <strong id="plan-files">{words.plan.files}</strong>
      {writes && <small class="quiet">{words.plan.filesSay}</small>}
      {files.length > 0 && <ul class="rows">{files.map((file) => <Item key={file.id} file={file} page={page} writes={writes} />)}</ul>}
      {going.map((transfer) => <Sending key={transfer.key} transfer={transfer} there={transfer.upload in cycle.resources} />)}
      {refused.value.length > 0 && <div role="alert" class="says">{refused.value.map((says) => <p key={says} dir="auto">{says}</p>)}</div>}
      {writes && (
        <p>
          <label class="button pick">
            <input type="file" multiple onChange={({ currentTarget }) => pick(currentTarget)} />
            <span>{words.plan.addFile}</span>
          </label>
        </p>
      )}
    </div>
  );
}

function Item({ file, page, writes }: { file: Resource; page: OpenCycle; writes: boolean }) {
  const remove = useCommand(`/api/cycles/${page.id}/commands`);
  const kind = kindOf(file.content_type);
  const href = `/media/resources/${file.id}`;
  const { teacher, coach } = page.snapshot.value!.card;
  // Of one who is no longer here, either of the two takes it away.
  const mine = file.by === session.value?.person.id || ![teacher.id, coach.id].includes(file.by);
  return (
    <li class="file">
      <p class="break"><bdi>{file.name}</bdi></p>
      <p class="quiet">{words.plan.facts(words.plan.kinds[kind], size(file.size), personIn(page, file.by).name, day(file.at))}</p>
      <p class="actions">
        {kind === "picture" && file.content_type !== "image/heic" && (
          <a class="button" href={href} target="_blank" rel="noopener noreferrer">{words.plan.look}<span class="unseen"> {file.name}</span></a>
        )}
        <a class="button" href={href} download={file.name}>{words.plan.save}<span class="unseen"> {file.name}</span></a>
        {mine && writes && (
          <Sure
            label={words.plan.remove} about={file.name} question={words.plan.removeSure} busy={remove.busy.value}
            run={() => void remove.run({ type: "remove_resource", resource: file.id })}
          />
        )}
      </p>
      <p role="alert" class="says">{remove.says.value}</p>
    </li>
  );
}
