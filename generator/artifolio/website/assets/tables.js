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
  // Frames that stand for another one that was there before.
  const replaced = new WeakSet();
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
    constructor(frame, DataTable, chosen) {
      this.frame = frame;
      this.DataTable = DataTable;
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
      this.start(chosen);
      frame.addEventListener("artifolio:replace", (event) => {
        event.preventDefault();
        this.replace(event.detail.fresh);
      });
      if (chosen) this.restore(chosen);
    }

    start(chosen = {}) {
      const isLong = this.total > SEARCHED;
      const isPaged = this.total > LENGTHS[0];
      this.button = make("button", { type: "button", className: "af-filters-button", textContent: "Filter columns" });
      this.button.setAttribute("aria-expanded", "false");
      this.button.addEventListener("click", () => this.toggleFilters());
      const length = chosen.length || LENGTH;
      this.grid = new this.DataTable(this.table, {
        serverSide: true,
        deferRender: true,
        autoWidth: false,
        typeDetect: false,
        processing: true,
        order: (chosen.order || []).map(([name, dir]) => [this.names.indexOf(name), dir]).filter(([column]) => column >= 0),
        search: { search: chosen.search || "" },
        searchDelay: PAUSE,
        pageLength: length,
        displayStart: (chosen.page || 0) * length,
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

    // What a reader has chosen; names of columns, for these may come and go.
    chosen() {
      const fields = this.line ? [...this.line.querySelectorAll("input, select")] : [];
      const container = this.grid.table().container();
      const search = container.querySelector(".dt-search input");
      const focused = document.activeElement;
      return {
        search: this.grid.search(),
        order: this.grid.order().map(([column, dir]) => [this.names[column], dir]),
        page: this.grid.page(),
        length: this.grid.page.len(),
        isUnfolded: Boolean(this.line) && !this.line.hidden,
        filters: new Map(fields.map((field, column) => [this.names[column], field.selectedOptions?.[0].text ?? field.value])),
        scroll: [this.frame.scrollLeft, this.frame.scrollTop],
        caret: search && search === focused ? [search.selectionStart, search.selectionEnd] : null,
        focused: fields.includes(focused) ? this.names[fields.indexOf(focused)] : null,
      };
    }

    // Another state of the table has come while the page is open.
    replace(fresh) {
      const chosen = this.chosen();
      const container = this.grid.table().container();
      replaced.add(fresh);
      container.replaceWith(fresh);
      new Grid(fresh, this.DataTable, chosen);
      this.grid.destroy();
    }

    async restore({ isUnfolded, filters, scroll, caret, focused }) {
      const search = this.grid.table().container().querySelector(".dt-search input");
      if (caret && search) {
        search.focus({ preventScroll: true });
        search.setSelectionRange(...caret);
      }
      if (isUnfolded) {
        await this.unfoldFilters();
        const fields = [...this.line.querySelectorAll("input, select")];
        fields.forEach((field, column) => {
          const text = filters.get(this.names[column]) ?? "";
          const option = field.options && [...field.options].find((one) => one.text === text);
          field.value = field.options ? option?.value ?? "" : text;
          this.filter(field, column);
          if (this.names[column] === focused) field.focus({ preventScroll: true });
        });
        this.grid.draw();
      }
      [this.frame.scrollLeft, this.frame.scrollTop] = scroll;
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

    async unfoldFilters() {
      if (!this.line) {
        // What there is to choose from is known once all rows are.
        if (!this.isWhole) await this.complete();
        if (this.line) return;
        this.line = this.table.tHead.appendChild(make("tr", { className: "af-filters", hidden: true }));
        this.names.forEach((name, column) => this.line.append(make("td", {}, this.filterOf(name, column))));
      }
      this.line.hidden = false;
      this.button.setAttribute("aria-expanded", "true");
    }

    async toggleFilters() {
      if (!this.line || this.line.hidden) {
        await this.unfoldFilters();
        this.line.querySelector("input, select").focus();
        return;
      }
      this.line.hidden = true;
      this.button.setAttribute("aria-expanded", "false");
      if (this.filters.size) {
        for (const field of this.line.querySelectorAll("input, select")) field.value = "";
        this.filters.clear();
        this.grid.draw();
      }
    }

    filterOf(name, column) {
      const choices = this.rows.choices(column);
      const { type, isNumeric } = this.looks[column];
      this.choices ??= [];
      this.choices[column] = choices;
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
          this.filter(field, column);
          this.grid.draw();
        }, PAUSE);
      });
      return field;
    }

    // Takes up what stands in the field of a column.
    filter(field, column) {
      const typed = field.value.trim();
      const choices = this.choices[column];
      if (!typed) this.filters.delete(column);
      else if (choices) this.filters.set(column, this.rows.isChosen(column, choices[Number(typed)]));
      else this.filters.set(column, this.rows.matches(column, typed));
    }
  }

  async function open(frame) {
    try {
      const [{ default: DataTable }] = await Promise.all([import(new URL("dt_bundle.js", HERE).href), parts ??= loadParts()]);
      DataTable.ext.errMode = "none";
      if (frame.isConnected) new Grid(frame, DataTable);
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

  artifolio.begin("[data-af-table]", (frame) => {
    if (replaced.has(frame)) return;
    // Browsers load no module there, and say so in the console.
    if (location.protocol === "file:") {
      const words = Number(frame.dataset.rows) > frame.querySelectorAll("tbody tr").length ? "all rows" : "filters";
      addNote(frame, "To sort and search, and for ", words, ", open the site with ", make("code", {}, "artifolio serve"), ".");
    } else seen.observe(frame);
  });
})();
