import { useSignal } from "@preact/signals";
import type { Doors, Session, SessionList, TokenList } from "../api/shapes";
import { useFetched } from "../app/fetched";
import { useTitle } from "../app/Shell";
import { words } from "../words";
import { CalendarCard } from "./CalendarCard";
import { Keys } from "./Keys";
import { PasswordCard } from "./PasswordCard";
import { Places } from "./Places";

export function AccountPage({ who }: { who: Session }) {
  const places = useFetched<SessionList>("/api/sessions");
  const keys = useFetched<TokenList>("/api/tokens");
  const passwords = useSignal(0);
  // A new password ends both, everywhere but here; a key that was just made and is still on screen, too.
  const changed = (): void => {
    passwords.value++;
    places.again();
    keys.again();
  };
  const doors = useFetched<Doors>("/api/doors").value.value;
  useTitle(words.account.title);
  const here = places.value.value?.sessions.find(({ current }) => current);
  return (
    <div class="column-page">
      <p class="crumb"><a href="/">{words.backHome}</a></p>
      <h1>{who.person.name}</h1>
      <p class="break">{who.person.email}</p>
      <p class="quiet">{words.account.zone(who.person.time_zone.replaceAll("_", " "))}</p>
      <PasswordCard who={who} mail={doors?.mail ?? false} since={here?.created_at ?? null} changed={changed} />
      <CalendarCard key={passwords.value} />
      <Places places={places} />
      <Keys key={passwords.value} keys={keys} />
    </div>
  );
}
