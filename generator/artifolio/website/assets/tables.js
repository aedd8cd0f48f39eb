// Sorts, searches, filters and pages tables: DataTables draws the rows that are shown, and no more.
(() => {
  "use strict";

  const HERE = document.currentScript.src;
  const LENGTHS = [25, 100, 500];
  const LENGTH = 100;
  // Fewer are seen at a glance.
  const SEARCHED = 8;
  // So long typing may go on before rows are looked for.
  const PAUSE = 80;
  let parts = null;

  async function loadParts() {
    await Promise.all([artifolio.load("tables.css"), artifolio.load("cells.js")]);
    await artifolio.load("rows.js");
  }

  function make(tag, properties = {}, ...children) {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  }

  function addNote(frame, ...words) {
    const note = make("p", { className: "af-note" }, ...words);
    note.setAttribute("role", "status");
    const after = frame.closest(".dt-container") || frame;
    after.after(note);
  }

  class Grid {
    constructor(frame, DataTable) {
      this.frame = frame;
      this.table = frame.querySelector("table");
      this.address = new URL(frame.dataset.afTable, location.href).href;
      this.total = Number(frame.dataset.rows);
      this.headings = [...this.table.tHead.rows[0].cells];
      this.names = this.headings.map((heading) => heading.textContent);
      this.looks = this.headings.map(artifolio.cells.lookOf);
      this.looks.forEach(({ isNumeric }, place) => this.headings[place].classList.toggle("af-number", isNumeric));
      this.rows = artifolio.Rows.ofPage([...this.table.tBodies[0].rows], this.looks);
      this.isWhole = !("partial" in frame.dataset);
      this.filters = new Map();
      this.start(DataTable);
    }

    start(DataTable) {
      const isLong = this.total > SEARCHED;
      const isPaged = this.total > LENGTHS[0];
      this.button = make("button", { type: "button", className: "af-filters-button", textContent: "Filter columns" });
      this.button.setAttribute("aria-expanded", "false");
      this.button.addEventListener("click", () => this.toggleFilters());
      this.grid = new DataTable(this.table, {
        serverSide: true,
        deferRender: true,
        autoWidth: false,
        typeDetect: false,
        processing: true,
        order: [],
        searchDelay: PAUSE,
        pageLength: LENGTH,
        lengthMenu: LENGTHS,
        columns: this.names.map((name) => ({
          data: null,
          defaultContent: "",
          ariaTitle: name,
          createdCell: (cell, _, { row }, __, column) => this.drawn.fill(cell, row, column),
        })),
        layout: {
          topStart: isLong ? "search" : null,
          topEnd: isLong ? [() => this.button, ...(isPaged ? ["pageLength"] : [])] : null,
          bottomStart: isLong ? "info" : null,
          bottomEnd: isPaged ? { paging: { buttons: 5 } } : null,
        },
        language: {
          search: "",
          searchPlaceholder: "Search all cells",
          lengthMenu: "_MENU_ rows a page",
          info: "_START_ to _END_ of _TOTAL_ rows",
          infoEmpty: "no rows",
          infoFiltered: "(out of _MAX_)",
          emptyTable: "No rows",
          zeroRecords: "No row is like that",
          processing: "Loading all rows …",
        },
        ajax: (request, answer) => { this.answer(request, answer); },
      });
      const container = this.grid.table().container();
      this.frame.before(container);
      // Only the table scrolls, not what stands above and below it.
      const place = this.table.parentNode;
      this.frame.append(this.table);
      place.append(this.frame);
      const search = container.querySelector(".dt-search input");
      if (search) {
        search.setAttribute("aria-label", "Search all cells");
        container.querySelector(".dt-search label").remove();
      }
      // What DataTables says of the rows is true of all of them.
      const note = container.nextElementSibling;
      if (isLong && note && note.matches(".af-note")) {
        note.firstElementChild.hidden = true;
        note.hidden = note.childElementCount < 2;
      }
      const paging = container.querySelector(".dt-paging");
      const showPaging = () => { if (paging) paging.hidden = this.grid.page.info().pages < 2; };
      this.grid.on("draw", showPaging);
      showPaging();
    }

    // Rows that stand in the page need no request; for any question about all rows there is one.
    async answer(request, answer) {
      const search = request.search.value;
      const isPlain = !search && !request.order.length && !this.filters.size;
      const isHere = isPlain && request.start + request.length <= this.rows.count;
      if (!this.isWhole && !isHere) await this.complete();
      this.drawn = this.rows;
      const found = this.rows.select(request.order, search, this.filters.values());
      const shown = found.subarray(request.start, request.start + request.length);
      const isAll = this.isWhole || !isPlain;
      answer({
        draw: request.draw,
        recordsTotal: this.isFailed ? this.rows.count : this.total,
        recordsFiltered: isAll ? found.length : this.total,
        data: Array.from(shown, (row) => ({ row })),
      });
    }

    complete() {
      this.loading ??= (async () => {
        try {
          const found = await fetch(this.address);
          if (!found.ok) throw new Error(found.statusText);
          this.rows = artifolio.Rows.ofJson(await found.text(), this.looks);
          this.total = this.rows.count;
        } catch {
          this.isFailed = true;
          addNote(this.frame, "The other rows could not be loaded; only those of this page are searched and sorted.");
        }
        this.isWhole = true;
      })();
      return this.loading;
    }

    async toggleFilters() {
      if (!this.line) {
        // What there is to choose from is known once all rows are.
        if (!this.isWhole) await this.complete();
        if (this.line) return;
        this.line = this.table.tHead.appendChild(make("tr", { className: "af-filters", hidden: true }));
        this.names.forEach((name, column) => this.line.append(make("td", {}, this.filterOf(name, column))));
      }
      this.line.hidden = !this.line.hidden;
      this.button.setAttribute("aria-expanded", String(!this.line.hidden));
      if (!this.line.hidden) this.line.querySelector("input, select").focus();
      else if (this.filters.size) {
        for (const field of this.line.querySelectorAll("input, select")) field.value = "";
        this.filters.clear();
        this.grid.draw();
      }
    }

    filterOf(name, column) {
      const choices = this.rows.choices(column);
      const { type, isNumeric } = this.looks[column];
      let field;
      if (choices) {
        field = make("select", {}, new Option("any", ""));
        choices.forEach((choice, place) => field.append(new Option(choice ?? "– (no value)", String(place))));
      } else {
        field = make("input", { type: "search", placeholder: isNumeric ? ">5 or 1..3" : type.startsWith("date") ? ">2026-01" : "contains" });
      }
      field.setAttribute("aria-label", `Filter ${name}`);
      let waiting = 0;
      field.addEventListener("input", () => {
        clearTimeout(waiting);
        waiting = setTimeout(() => {
          const typed = field.value.trim();
          if (!typed) this.filters.delete(column);
          else if (choices) this.filters.set(column, this.rows.isChosen(column, choices[Number(typed)]));
          else this.filters.set(column, this.rows.matches(column, typed));
          this.grid.draw();
        }, PAUSE);
      });
      return field;
    }
  }

  async function open(frame) {
    try {
      const [{ default: DataTable }] = await Promise.all([import(new URL("dt_bundle.js", HERE).href), parts ??= loadParts()]);
      DataTable.ext.errMode = "none";
      new Grid(frame, DataTable);
    } catch {
      addNote(frame, "Sorting and search could not be loaded.");
    }
  }

  const seen = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      seen.unobserve(target);
      open(target);
    }
  }, { rootMargin: "50%" });

  for (const frame of document.querySelectorAll("[data-af-table]")) {
    // Browsers load no module there, and say so in the console.
    if (location.protocol === "file:") {
      const words = Number(frame.dataset.rows) > frame.querySelectorAll("tbody tr").length ? "all rows" : "filters";
      addNote(frame, "To sort and search, and for ", words, ", open the site with ", make("code", {}, "artifolio serve"), ".");
    } else seen.observe(frame);
  }
})();
