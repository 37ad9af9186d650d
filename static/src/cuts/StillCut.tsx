import { useCommand } from "../app/command";
import type { LessonState } from "../api/shapes";
import { words } from "../words";
import { nameOf } from "./parts";

/** Parts were cut out of a film that is not here any more: whatever is sent next has the same, unless its teacher says no. */
export function StillCut({ lesson }: { lesson: LessonState }) {
  const command = useCommand(`/api/lessons/${lesson.id}/commands`);
  return (
    <div class="cuts">
      <p>{words.cuts.still(lesson.cuts.map(nameOf))}</p>
      <button type="button" disabled={command.busy.value} onClick={() => void command.run({ type: "set_cuts", cuts: [] })}>{words.cuts.allBack}</button>
      <p role="alert" class="says">{command.says.value}</p>
    </div>
  );
}
