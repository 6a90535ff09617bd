// Shows how far a long bulk is: how many requests a dry run finds that are left.
for (const form of document.querySelectorAll("[data-dry-run] form")) {
  if (form.elements.do?.value !== "carry_out") continue;
  form.addEventListener("submit", () => {
    const working = document.querySelector("[data-working]"), bar = working.querySelector("progress");
    working.hidden = false;
    form.querySelector("button").setAttribute("aria-disabled", "true");
    if (!("falls" in form.dataset)) return;
    const body = new URLSearchParams(new FormData(form));
    body.set("do", "rehearse");
    const whole = Number(document.querySelector("[data-dry-run]").dataset.count);
    const look = async () => {
      const answer = await fetch(form.action, { method: "POST", body });
      const left = /data-count="(\d+)"/.exec(await answer.text());
      if (left) {
        bar.max = whole;
        bar.value = Math.max(0, whole - Number(left[1]));
      }
      setTimeout(look, 3000);
    };
    setTimeout(look, 2000);
  });
}
