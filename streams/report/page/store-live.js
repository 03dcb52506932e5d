// Answers of a server that reads the log as it grows.

export class LiveStore {
  constructor(changed) {
    this.known = null;
    this.events = new EventSource("/events");
    this.events.addEventListener("articles", (event) => {
      this.known = null;
      changed(JSON.parse(event.data));
    });
  }

  async about() {
    this.known ??= ask("about", {});
    return this.known;
  }

  contacts(filters, offset = 0, limit = 200) {
    return ask("contacts", { ...filters, offset, limit });
  }

  statements(filters, offset = 0, limit = 200) {
    return ask("statements", { ...filters, offset, limit });
  }

  people(filters, offset = 0, limit = 200) {
    return ask("people", { ...filters, offset, limit });
  }

  person(key) {
    return ask("person", { person: key });
  }

  articles(filters, offset = 0, limit = 200) {
    return ask("articles", { ...filters, offset, limit });
  }

  article(id) {
    return ask("article", { article: id });
  }

  across(filters, offset = 0, limit = 100) {
    return ask("across", { ...filters, offset, limit });
  }

  told(id) {
    return ask("told", { told: id });
  }

  network(filters) {
    return ask("network", filters);
  }

  search(words) {
    return ask("search", { words });
  }
}

async function ask(view, parameters) {
  const asked = Object.entries(parameters).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const answer = await fetch(`/api/${view}?${new URLSearchParams(asked)}`);
  if (answer.status === 404) return null;
  if (!answer.ok) throw new Error((await answer.text()).slice(0, 300) || `the server answers ${answer.status}`);
  return answer.json();
}
