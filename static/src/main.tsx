import { render } from "preact";
import { App } from "./app/App";
import { startRouter } from "./app/router";
import { loadSession } from "./session/session";

startRouter();
void loadSession();
render(<App />, document.getElementById("app")!);
