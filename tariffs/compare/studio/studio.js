// Redraws the results as soon as something in the form changes. Without this script the button does the same.
"use strict";
const form = document.getElementById("choice");
const results = document.getElementById("results");
const status = document.getElementById("status");
let latest = 0;

function address() {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (String(value).trim() !== "") query.append(name, String(value));
  }
  return query.toString();
}

async function redraw() {
  const turn = ++latest;
  const query = address();
  results.setAttribute("aria-busy", "true");
  status.textContent = form.dataset.working;
  const answer = await fetch("/results?" + query);
  const text = await answer.text();
  if (turn !== latest) return; // something newer was asked meanwhile
  results.innerHTML = text;
  results.removeAttribute("aria-busy");
  status.textContent = form.dataset.done;
  history.replaceState(null, "", "/?" + query);
  for (const link of document.querySelectorAll("[data-export]")) link.href = link.dataset.export + "?" + query;
  for (const link of document.querySelectorAll("[data-lang]")) {
    const other = new URLSearchParams(query);
    other.set("lang", link.dataset.lang);
    link.href = "/?" + other.toString();
  }
}

function restructured(target) {
  // another scenario brings other parameters and phases: the whole page is asked for
  return target.name === "scenario" || target.name === "base";
}

form.addEventListener("change", (event) => {
  if (restructured(event.target)) location.assign("/?" + address());
  else redraw();
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  redraw();
});

const explain = document.getElementById("explain");
explain.addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = await fetch("/explain?" + address(), { method: "POST", body: new FormData(explain) });
  document.getElementById("explained").innerHTML = await answer.text();
});

for (const link of document.querySelectorAll("[data-export]")) {
  link.addEventListener("click", async (event) => {
    event.preventDefault();
    const answer = await fetch(link.href);
    if (!answer.ok) {
      status.textContent = await answer.text();
      return;
    }
    const file = document.createElement("a");
    file.href = URL.createObjectURL(await answer.blob());
    file.download = link.dataset.name;
    file.click();
    URL.revokeObjectURL(file.href);
    status.textContent = link.dataset.name;
  });
}
