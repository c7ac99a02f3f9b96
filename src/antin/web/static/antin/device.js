/* Hands the page's ticket to the companion on this computer; its answer says where the person confirms. */
(() => {
  "use strict";
  const box = document.querySelector("#thiet-bi"); if (!box) return;
  const $ = s => box.querySelector(s);
  const { companion, ticket } = box.dataset;
  const only = shown => ["found", "missing", "refused"].forEach(name => { $(`[data-${name}]`).hidden = name !== shown; });
  const ask = async () => {
    let answer;
    try {
      answer = await fetch(`${companion}/v1/sign`, {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ ticket }),
        credentials: "omit", referrerPolicy: "no-referrer", targetAddressSpace: "loopback",
      });
    } catch { only("missing"); return; }
    const said = await answer.json().catch(() => ({}));
    const link = $("[data-confirm]");
    if (!answer.ok || !String(said.confirm || "").startsWith(`${companion}/xac-nhan/`)) {
      $("[data-refused]").textContent = said.error || String(answer.status); only("refused"); return;
    }
    link.href = said.confirm; link.hidden = false; only("found"); link.focus();
  };
  $("[data-again]").addEventListener("click", ask);
  ask();
})();
