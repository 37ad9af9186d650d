import { render } from "preact";
import { App } from "./app/App";
import { startRouter } from "./app/router";

startRouter();
render(<App />, document.getElementById("app")!);
