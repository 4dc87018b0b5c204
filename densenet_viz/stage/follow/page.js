// The follower's page on a phone; `lecture/page.py` loads this file.

import { Follow } from "./follow.js";
import { codeIn } from "./state.js";

const root = /** @type {HTMLElement} */ (document.getElementById("follow"));
new Follow(root, root.dataset.base ?? "").start(codeIn(location.pathname));
