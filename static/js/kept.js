"use strict";
// Forms with data-kept are kept: an answer goes into a queue on this device, and from there to the desk, one after the
// other and each until it was answered. No press is lost when the network is, none counts twice: the server knows a
// press by its request_key. What waits belongs to the person who pressed; another session neither sees nor sends it.
(() => {
  const box = document.getElementById("kept");
  if (!box) return;
  const user = box.dataset.user;
  const place = () => (document.getElementById("progress") || { dataset: {} }).dataset.place || "";
  const PAUSES = [1, 2, 4, 8, 16, 30]; // seconds
  const MOST_BROKEN = 5; // times a ready desk answers a press 500 before it is shown as not kept
  const BOUNCE = 400; // milliseconds
  const EDGE = 1600; // pixels, as the server keeps
  const waiting = [];
  let sending = false, failures = 0, timer = 0, shown = false, loggedOut = "";

  // --- the device's own store; where it has none, what waits lives as long as the page
  const opened = new Promise((resolve) => {
    if (!window.indexedDB) return resolve(null);
    const asked = window.indexedDB.open("desk", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("waiting", { keyPath: "key" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => resolve(null);
  });
  const inStore = (mode, act) => opened.then((store) => store && new Promise((resolve) => {
    const work = store.transaction("waiting", mode);
    const asked = act(work.objectStore("waiting"));
    work.oncomplete = () => resolve(asked.result);
    work.onerror = work.onabort = () => resolve(undefined);
  }));

  const newKey = () => { // crypto.randomUUID is missing where the desk has no TLS
    const bytes = window.crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  };

  // --- what the person sees of it
  // What could not be kept stays in sight, with its words, until somebody has read it: nobody asks the customer twice.
  const lostKey = `lost:${user}`;
  const losses = JSON.parse(window.sessionStorage.getItem(lostKey) || "[]");
  const listed = (lines) => {
    const list = box.appendChild(document.createElement("ul"));
    for (const line of lines) list.appendChild(document.createElement("li")).textContent = line;
  };
  const hide = () => {
    box.className = "kept d-none";
    shown = false;
  };
  const say = (sentence, lines, kind) => {
    box.replaceChildren();
    box.className = "kept alert alert-" + (losses.length ? "danger" : kind);
    if (losses.length) {
      box.append(box.dataset.lost);
      listed(losses);
      const seen = box.appendChild(document.createElement("button"));
      seen.type = "button";
      seen.className = "btn btn-outline-danger d-block mb-2";
      seen.textContent = box.dataset.seen;
      seen.addEventListener("click", () => {
        losses.length = 0;
        window.sessionStorage.removeItem(lostKey);
        hide();
        show();
      });
    }
    box.append(sentence);
    if (lines.length) listed(lines);
    if (loggedOut) {
      const link = box.appendChild(document.createElement("a"));
      link.href = loggedOut;
      link.className = "btn btn-primary";
      link.textContent = box.dataset.loginLabel;
    }
    shown = true;
  };
  const clock = new Intl.DateTimeFormat(document.documentElement.lang, {
    month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: box.dataset.zone || undefined,
  });
  const linesOf = (entries) => entries.map((entry) => `${entry.what} · ${clock.format(entry.at)}`);
  const show = () => {
    const lines = linesOf(waiting);
    if (loggedOut) return say(box.dataset.login, lines, "warning");
    if (waiting.length && (failures || shown)) return say(box.dataset.waiting, lines, "warning");
    if (!waiting.length && shown) {
      say(losses.length ? "" : box.dataset.sent, [], "success");
      shown = false;
      window.setTimeout(() => { if (!shown && !waiting.length && !losses.length) box.className = "kept d-none"; }, 3000);
    } else if (losses.length) say("", [], "danger");
  };
  const spoken = (entry) => entry.words || []; // what was typed
  const lost = (entry, why) => {
    losses.push([entry.what, ...spoken(entry), why].filter(Boolean).join(" · "));
    window.sessionStorage.setItem(lostKey, JSON.stringify(losses));
    show();
  };

  // --- text that is not sent yet survives a tablet that sleeps and throws the page away
  const draftOf = (field) => `draft:${user}:${place()}:${field.name}`;
  const restore = (root) => root.querySelectorAll("[data-draft]").forEach((field) => {
    const text = window.sessionStorage.getItem(draftOf(field));
    if (text && !field.value) field.value = text;
  });
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-draft]")) window.sessionStorage.setItem(draftOf(event.target), event.target.value);
  });

  // --- putting answers in their places
  // An answer may come late, while the next thing is being done: what was typed or chosen and is not sent yet stays, and
  // so do an open camera and its row, a point chosen on the car, what was unfolded, and what another press was refused.
  const edited = (field) => {
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    return field.type !== "hidden" && field.value !== field.defaultValue;
  };
  const untouched = (attribute, node, change) => {
    const car = node.closest("[data-walkround]");
    if (attribute === "data-chosen") return false;
    if (car && car.dataset.chosen && ["zone", "x", "y"].includes(node.name)) return !["checked", "value"].includes(attribute);
    if (attribute === "selected") return node.selected === node.defaultSelected;
    if (["checked", "value"].includes(attribute) && node.matches("input, textarea") && node.name !== "zone") return !edited(node);
    return !(attribute === "open" && change === "remove");
  };
  let answered = ""; // the address whose answer is being put in its place
  const keepRefused = (node) => {
    if (!node.matches || !node.matches("form") || node.getAttribute("action") === answered) return undefined;
    return node.id === "walkround" || !node.querySelector(".invalid-feedback");
  };
  const keepPending = (node) => !(node.matches && node.matches("li.pending") && waiting.some((entry) => node.id === `mark-${entry.key}`));
  const morphing = {
    morphStyle: "outerHTML", ignoreActiveValue: true,
    callbacks: { beforeAttributeUpdated: untouched, beforeNodeMorphed: keepRefused, beforeNodeRemoved: keepPending },
  };
  // What was sent is the desk's to say from now on: only what is typed after it counts as edited.
  const rest = (form) => form.querySelectorAll("input, textarea, option").forEach((field) => {
    if (field.matches("option")) field.defaultSelected = field.selected;
    else if (field.type === "checkbox" || field.type === "radio") field.defaultChecked = field.checked;
    else if (field.type !== "hidden" && field.type !== "file") field.defaultValue = field.value;
  });
  const replace = (fresh) => {
    const { id } = fresh;
    const old = id && document.getElementById(id);
    if (!old || (id === "said" && fresh.classList.contains("d-none"))) return; // a refusal stays until the next press
    const typed = Array.from(fresh.querySelectorAll("textarea"), (field) => [field.name, field.value]);
    if (!window.Idiomorph || old.querySelector("[data-signature]")) old.replaceWith(fresh); // another form, another signature
    else window.Idiomorph.morph(old, fresh, morphing);
    const live = document.getElementById(id);
    for (const [name, text] of typed) { // what the desk could not keep comes back to be mended
      const field = live.querySelector(`textarea[name=${name}]`);
      if (text && field && !field.value) field.value = text;
    }
    live.querySelectorAll("[data-chosen] .zone").forEach((zone) => {
      zone.classList.toggle("chosen", zone.dataset.zone === zone.closest("form").dataset.chosen);
    });
    restore(live);
    live.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true }));
  };
  const put = (html, action) => {
    answered = action;
    const page = new DOMParser().parseFromString(html, "text/html");
    if (!page.getElementById("progress")) return refused(page);
    const parts = Array.from(page.querySelectorAll("#said, #progress, section[id^=step-]"));
    const places = parts.map((part) => part.id);
    parts.forEach((part) => replace(document.adoptNode(part)));
    // Once everything is in its place: what is refused is what to look at.
    const wrong = places.map((id) => document.querySelector(`#${id} .invalid-feedback, #${id} form .alert-danger`)).find(Boolean);
    const refusal = wrong || document.querySelector("#said:not(.d-none)");
    if (refusal) refusal.scrollIntoView({ block: "center", behavior: "instant" });
  };
  const refused = (page) => { // the form is closed, or another sentence of the desk
    const said = document.getElementById("said");
    if (!said) return;
    said.textContent = (page.querySelector(".alert, p") || page.body).textContent.trim();
    said.classList.remove("d-none");
    said.scrollIntoView({ block: "center" });
  };

  // --- sending
  let renewed = ""; // after another log-in the page's own token is no longer good
  const token = () => renewed || (document.querySelector("[name=csrfmiddlewaretoken]") || {}).value || "";
  const renew = async () => {
    const answer = await window.fetch(window.location.href, { credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = (page.querySelector("[name=csrfmiddlewaretoken]") || {}).value || "";
    const whose = (page.getElementById("kept") || { dataset: {} }).dataset.user;
    if (whose && whose !== user) loggedOut = window.location.href; // what waits is not his who is logged in now
    if (!fresh || whose !== user) return false;
    renewed = fresh;
    return true;
  };
  const post = (action, body, seconds) => {
    const stop = new AbortController();
    const clock = window.setTimeout(() => stop.abort(), seconds * 1000);
    const headers = { "HX-Request": "true", "X-CSRFToken": token() };
    return window.fetch(action, { method: "POST", body, headers, signal: stop.signal, credentials: "same-origin" })
      .finally(() => window.clearTimeout(clock));
  };
  const bodyOf = (entry) => {
    const body = new FormData();
    for (const [name, value, filename] of entry.fields) filename ? body.append(name, value, filename) : body.append(name, value);
    return body;
  };
  const drop = (entry) => {
    waiting.splice(waiting.indexOf(entry), 1);
    return inStore("readwrite", (store) => store.delete(entry.key));
  };
  const later = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(pump, PAUSES[Math.min(failures, PAUSES.length) - 1] * 1000);
  };
  const ready = async () => {
    const answer = await window.fetch("/healthz/ready");
    return answer.ok;
  };
  const settle = async (entry, answer) => {
    const login = answer.headers.get("HX-Redirect");
    if (login) {
      loggedOut = login;
      return show();
    }
    // One press the desk breaks on does not hold up the rest for ever.
    if (answer.status === 500) entry.broken = (entry.broken || 0) + 1;
    if (answer.status >= 500 && !(entry.broken >= MOST_BROKEN && await ready())) throw new Error("not answered");
    if (answer.status === 403 && !entry.renewed && await renew()) {
      entry.renewed = true;
      failures = 0;
      return;
    }
    if (loggedOut) return show();
    const html = await answer.text();
    await drop(entry);
    failures = 0;
    const here = entry.place === place();
    if (here && [200, 409, 422].includes(answer.status)) put(html, entry.action);
    const told = answer.status === 422 || (answer.status === 409 && !spoken(entry).length); // with what was typed
    if (answer.status === 200 || (here && told)) return show();
    const said = new DOMParser().parseFromString(html, "text/html").querySelector("#said:not(.d-none), .invalid-feedback, .alert");
    lost(entry, said ? said.textContent.trim() : "");
  };
  const pump = async () => {
    if (sending || loggedOut || !waiting.length) return;
    sending = true;
    const entry = waiting[0];
    try {
      await settle(entry, await post(entry.action, bodyOf(entry), entry.fields.some((field) => field[2]) ? 60 : 10));
    } catch {
      failures += 1;
      show();
      later();
    }
    sending = false;
    if (!failures) pump();
  };
  const hurry = () => { window.clearTimeout(timer); pump(); };
  window.addEventListener("online", () => {
    if (shown && !waiting.length && !losses.length) hide(); // it asked to press once more, and now one can
    hurry();
  });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) hurry(); });

  // --- keeping
  const smaller = async (file) => { // an upload in seconds, not minutes, on a weak signal; the server writes it anew anyway
    try {
      const picture = await window.createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, EDGE / Math.max(picture.width, picture.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      return await new Promise((resolve) => canvas.toBlob((blob) => resolve(blob || file), "image/jpeg", 0.82));
    } catch {
      return file;
    }
  };
  const fieldsOf = async (form, submitter) => {
    const fields = [];
    for (const [name, value] of new FormData(form, submitter)) {
      if (name === "csrfmiddlewaretoken" || name === "request_key") continue;
      if (value instanceof File) {
        if (value.size) fields.push([name, await smaller(value), "photo.jpg"]);
      } else {
        fields.push([name, value]);
      }
    }
    return fields;
  };
  const whatOf = (form, submitter) => {
    const chosen = form.querySelector("input[name=zone]:checked");
    const label = chosen && chosen.closest("label");
    const parts = [label ? label.querySelector("span").firstChild.textContent : form.dataset.what];
    if (submitter && submitter.dataset.what) parts.push(submitter.dataset.what);
    return parts.filter(Boolean).join(" · ");
  };
  const wordsOf = (form) => Array.from(form.elements)
    .filter((field) => field.matches("textarea, input[type=text], input[type=number], input[type=tel]") && field.value)
    .map((field) => field.value);
  const plain = (entry) => JSON.stringify([entry.action, entry.fields.map(([name, value]) => [name, String(value)])]);
  const keep = async (form, submitter) => {
    const fields = await fieldsOf(form, submitter);
    const key = newKey();
    const entry = { key, user, place: place(), action: form.getAttribute("action"), fields: [...fields, ["request_key", key]], what: whatOf(form, submitter), words: wordsOf(form), at: Date.now() };
    const twin = ([name]) => name !== "request_key";
    const same = (one) => plain({ ...one, fields: one.fields.filter(twin) }) === plain({ ...entry, fields });
    if (!fields.some((field) => field[2]) && waiting.some(same)) return; // pressed twice
    waiting.push(entry);
    delete form.dataset.chosen;
    form.querySelectorAll("[data-draft]").forEach((field) => window.sessionStorage.removeItem(draftOf(field)));
    if (submitter) submitter.classList.add("pending");
    form.querySelectorAll("textarea[data-draft]").forEach((field) => { field.value = ""; });
    form.querySelectorAll("input[name=x], input[name=y], input[type=file]").forEach((field) => { field.value = ""; });
    rest(form);
    const said = document.getElementById("said");
    if (said) said.classList.add("d-none"); // the next press is made: the last refusal was read
    if (fields.some(([name, value]) => name === "kind" && value)) pendingMark(entry);
    await inStore("readwrite", (store) => store.put(entry));
    show();
    pump();
  };
  // A damage marked without network stands in the list at once, so that its photo can be taken while one looks at it.
  const pendingMark = (entry) => {
    const row = document.getElementById("pending-damage");
    if (!row) return;
    const copy = row.content.cloneNode(true);
    copy.querySelector("[data-what-waits]").textContent = entry.what;
    copy.querySelector("[name=mark_key]").value = entry.key;
    copy.querySelector("li").id = `mark-${entry.key}`; // as the desk will write it
    copy.querySelector("[type=file]").id = `photo-${entry.key}`;
    document.getElementById("damages").appendChild(copy);
  };
  // A finger that bounces presses once: the page may have gone on to the next point between its two touches.
  let pressed = { what: "", at: 0 };
  const bounced = (form, submitter) => {
    const what = [form.getAttribute("action"), submitter && submitter.name, submitter && submitter.value].join(" ");
    const again = pressed.what === what && Date.now() - pressed.at < BOUNCE;
    if (!again) pressed = { what, at: Date.now() };
    return again;
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("[data-kept]")) {
      event.preventDefault();
      if (!bounced(form, event.submitter)) keep(form, event.submitter);
    } else if (form.matches("[data-kept-last]")) {
      event.preventDefault();
      last(form);
    }
  }, true);
  document.addEventListener("submit", (event) => { // who logs out leaves no customer's words on the tablet
    if (event.target.matches("[data-leaves]")) window.sessionStorage.clear();
  });
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (form && form.matches("[data-changes]")) form.requestSubmit();
  });
  // The signature stands under what was kept: it goes last, by itself, and stays on the screen until it is answered.
  const last = async (form) => {
    if (waiting.length) {
      say(box.dataset.unsent, linesOf(waiting), "warning");
      return hurry();
    }
    const buttons = form.querySelectorAll("button");
    buttons.forEach((button) => { button.disabled = true; });
    const fields = new FormData(form);
    try {
      const send = () => {
        fields.set("csrfmiddlewaretoken", token());
        return post(form.getAttribute("action"), fields, 30);
      };
      let answer = await send();
      if (answer.status === 403 && await renew()) answer = await send();
      const next = answer.headers.get("HX-Redirect");
      if (next) return window.location.assign(next);
      if (answer.status >= 500) throw new Error("not answered");
      if (loggedOut) show();
      else put(await answer.text(), form.getAttribute("action"));
    } catch {
      say(box.dataset.unsigned, [], "warning");
    }
    buttons.forEach((button) => { button.disabled = false; });
  };

  restore(document);
  if (losses.length) show();
  inStore("readonly", (store) => store.getAll()).then((found) => {
    const mine = (found || []).filter((entry) => entry.user === user).sort((one, other) => one.at - other.at);
    waiting.unshift(...mine);
    if (mine.length) { failures = failures || 1; show(); failures = 0; }
    pump();
  });
})();
