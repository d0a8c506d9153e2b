// Redraws the results as soon as something in the form changes. Without this script the buttons and links do the same.
"use strict";
const byId = (id) => document.getElementById(id);
const form = byId("choice"), results = byId("results"), status = byId("status"), whole = byId("whole");
const explain = byId("explain"), explained = byId("explained"), refused = byId("refused");
let latest = 0;
let wanted = new URLSearchParams(location.search).has("whole");

function address(more = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (String(value).trim() !== "") query.append(name, String(value));
  }
  if (wanted) query.set("whole", "1");
  for (const [name, value] of Object.entries(more)) query.set(name, value);
  return query.toString();
}

// What the program answers; null where something newer was asked meanwhile, or where it is gone.
async function asked(path, place, turn, options) {
  place.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(path, options);
    const text = await answer.text();
    if (turn !== latest) return null;
    place.innerHTML = text;
    place.removeAttribute("aria-busy");
    return answer;
  } catch {
    if (turn === latest) {
      place.removeAttribute("aria-busy");
      status.textContent = form.dataset.gone;
    }
    return null;
  }
}

async function redraw() {
  const turn = ++latest;
  const query = address();
  status.textContent = form.dataset.working;
  refused.replaceChildren();
  const answer = await asked("/results?" + query, results, turn);
  if (answer === null) return;
  history.replaceState(null, "", "/?" + query);
  for (const link of document.querySelectorAll("[data-export]")) link.href = link.dataset.export + "?" + query;
  for (const link of document.querySelectorAll("[data-lang]")) link.href = "/?" + address({ lang: link.dataset.lang });
  explain.action = "/explain?" + query + "#call";
  status.textContent = answer.ok ? form.dataset.done : form.dataset.none;
  if (wanted) await asked("/whole?" + query, whole, turn);
  else byId("ask").href = "/?" + address({ whole: "1" }) + "#whole";
}

// Another scenario brings other parameters and phases: the whole page is asked for, and the focus comes back.
function restructured(target) {
  return target.name === "scenario" || target.name === "base";
}

form.addEventListener("change", (event) => {
  if (event.target.name === "reference") byId("day").value = "";
  if (!restructured(event.target)) return redraw();
  sessionStorage.setItem("focus", event.target.id);
  status.textContent = form.dataset.working;
  location.assign("/?" + address());
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  redraw();
});
byId(sessionStorage.getItem("focus") ?? "")?.focus();
sessionStorage.removeItem("focus");

whole.addEventListener("click", (event) => {
  if (event.target.id !== "ask") return;
  event.preventDefault();
  wanted = true;
  history.replaceState(null, "", "/?" + address());
  status.textContent = form.dataset.working;
  asked("/whole?" + address(), whole, latest).then((answer) => {
    if (answer !== null) status.textContent = form.dataset.done;
  });
});

explain.addEventListener("submit", (event) => {
  event.preventDefault();
  asked("/explain?" + address({ part: "1" }), explained, latest, { method: "POST", body: new FormData(explain) });
});

for (const link of document.querySelectorAll("[data-export]")) {
  link.addEventListener("click", async (event) => {
    event.preventDefault();
    refused.replaceChildren();
    status.textContent = form.dataset.working;
    try {
      const answer = await fetch(link.href);
      if (!answer.ok) {
        const said = document.createElement("pre");
        said.className = "problem";
        said.textContent = await answer.text();
        refused.append(said);
        status.textContent = "";
        return;
      }
      const file = document.createElement("a");
      file.href = URL.createObjectURL(await answer.blob());
      file.download = link.dataset.name;
      file.click();
      URL.revokeObjectURL(file.href);
      status.textContent = link.dataset.name;
    } catch {
      status.textContent = form.dataset.gone;
    }
  });
}
