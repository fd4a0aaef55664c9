// What a page can do without is here: copying a code, counting down, following an
// order, sending a changed quantity. Every page works without it.
(function () {
  "use strict";

  function spell(ms) {
    var left = Math.max(0, Math.floor(ms / 1000));
    var days = Math.floor(left / 86400);
    if (days > 0) return days + " d " + Math.floor((left % 86400) / 3600) + " h";
    var hours = Math.floor(left / 3600);
    var two = function (n) { return (n < 10 ? "0" : "") + n; };
    return (hours > 0 ? hours + ":" + two(Math.floor((left % 3600) / 60)) : Math.floor(left / 60)) + ":" + two(left % 60);
  }

  function countDown() {
    document.querySelectorAll("[data-until]").forEach(function (each) {
      var left = Number(each.dataset.until) - Date.now();
      each.textContent = left > 0 ? each.dataset.text.replace("%s", spell(left)) : each.dataset.over;
    });
  }

  function copy(button) {
    var field = document.getElementById(button.dataset.copy);
    var label = button.querySelector("span");
    var before = label.textContent;
    var said = function () {
      label.textContent = button.dataset.done;
      button.classList.add("done");
      button.setAttribute("aria-live", "polite");
      setTimeout(function () { label.textContent = before; button.classList.remove("done"); }, 2500);
    };
    var byHand = function () { field.focus(); field.select(); if (document.execCommand("copy")) said(); };
    if (navigator.clipboard && window.isSecureContext) navigator.clipboard.writeText(field.value).then(said, byHand);
    else byHand();
  }

  function dress() {
    document.querySelectorAll("[data-copy]").forEach(function (button) {
      button.hidden = false;
      button.addEventListener("click", function () { copy(button); });
    });
    document.querySelectorAll("[data-send]").forEach(function (field) {
      field.form.classList.add("sends");
      field.addEventListener("change", function () { if (field.checkValidity()) field.form.requestSubmit(); });
    });
    countDown();
  }

  // The order is asked for its stamp, ever more slowly when nothing happens, and
  // at once when somebody looks again.
  var waits = 2000;
  var timer = 0;
  function later() {
    clearTimeout(timer);
    var order = document.getElementById("order");
    if (order && order.dataset.live) timer = setTimeout(follow, waits);
  }
  function follow() {
    var order = document.getElementById("order");
    if (!order || !order.dataset.live) return;
    if (document.hidden) return;
    fetch(order.dataset.live, { cache: "no-store" })
      .then(function (answer) { return answer.ok ? answer.text() : order.dataset.stamp; })
      .then(function (stamp) {
        waits = Math.min(waits * 1.15, 20000);
        return stamp === order.dataset.stamp ? null : fetch(location.href, { cache: "no-store" }).then(function (page) { return page.ok ? page.text() : null; });
      })
      .then(function (text) {
        if (!text) return;
        var fresh = new DOMParser().parseFromString(text, "text/html").getElementById("order");
        if (!fresh) return;
        order.replaceWith(document.adoptNode(fresh));
        waits = 2000;
        dress();
        var state = fresh.querySelector(".state");
        state.setAttribute("role", "status");
        state.classList.add("fresh");
      })
      .catch(function () { waits = Math.min(waits * 2, 20000); })
      .finally(later);
  }
  document.addEventListener("visibilitychange", function () {
    if (!document.hidden) { waits = 2000; clearTimeout(timer); follow(); }
  });

  dress();
  setInterval(countDown, 1000);
  later();
})();
