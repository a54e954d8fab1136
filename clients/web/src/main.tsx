// Starts the dashboard.
import { render } from "preact";
import { App } from "./app";
import { measureDigit } from "./digits";
import { currentPlace } from "./navigation";
import { findPage, loadAhead } from "./pages/registry";
import { startTheme } from "./theme";
import { startWho } from "./who";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/ui.css";
import "./styles/shell.css";
import "./styles/positions.css";
import "./styles/forced_colors.css";
import "./styles/print.css";

startTheme();
measureDigit();
startWho();
loadAhead(findPage(currentPlace().path)?.entry); // while the server says who asks
const root = document.getElementById("app");
if (root) render(<App />, root);
