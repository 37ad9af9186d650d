import { useTitle } from "../app/Shell";
import { words } from "../words";

/** What plain HTTP takes away in this browser, and how to get it back. */
export function Here() {
  const say = words.here;
  useTitle(say.title);
  return (
    <article class="card">
      <h1>{say.title}</h1>
      {isSecureContext ? <p>{say.secure}</p> : (
        <>
          <p>{say.says}</p>
          <h2>{say.offTitle}</h2>
          <ul>{Object.values(say.off).map((text) => <li key={text}>{text}</li>)}</ul>
          <h2>{say.onTitle}</h2>
          <p>{say.on}</p>
        </>
      )}
      <h2>{say.howTitle}</h2>
      <ul>
        <li>{say.howDomain}</li>
        <li>{say.howLocal}</li>
      </ul>
      <p><a class="button" href="/">{words.notFound.home}</a></p>
    </article>
  );
}
