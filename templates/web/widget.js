/* Headlines of a feed on another site, in <div data-syndicate="https://…/feeds/all">.
   No cookies, no tracking. If anything fails, what stands there stays. */
(function () {
  "use strict";
  function add(parent, name, text, type) {
    var made = document.createElement(name);
    if (text) made.textContent = text;
    if (type) made.className = "syndicate-" + type;
    return parent.appendChild(made);
  }
  function web(url) {
    return /^https?:\/\//i.test(url) ? url : "";
  }
  function show(place, feed) {
    var most = parseInt(place.getAttribute("data-count"), 10) || 10;
    var list = document.createElement("ul");
    list.className = "syndicate-headlines";
    list.lang = feed.language || "";
    list.style.overflowWrap = "anywhere";
    feed.items.slice(0, most).forEach(function (item) {
      if (!web(item.url)) return;
      var row = add(list, "li");
      var link = add(row, "a", item.title);
      link.href = item.url;
      link.dir = "auto";
      link.lang = item.language || list.lang;
      add(row, "span", " " + [item.source, item.day].filter(Boolean).join(", "), "by");
    });
    if (!list.firstChild) return;
    place.textContent = "";
    place.appendChild(list);
    if (!web(feed.home_page_url)) return;
    var more = add(add(place, "p", "", "more"), "a", feed.title);
    more.href = feed.home_page_url;
  }
  function load(place) {
    var base = web(place.getAttribute("data-syndicate"));
    if (!base || place.syndicated || !window.fetch) return;
    place.syndicated = true;
    fetch(base + ".headlines.json", { credentials: "omit", referrerPolicy: "no-referrer" })
      .then(function (answer) { return answer.ok ? answer.json() : null; })
      .then(function (feed) { if (feed) show(place, feed); })
      .catch(function () {});
  }
  function all() {
    [].forEach.call(document.querySelectorAll("[data-syndicate]"), load);
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", all);
  else all();
})();
