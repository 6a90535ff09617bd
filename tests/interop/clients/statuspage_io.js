// Reads a site with the client library statuspage.io: status, components, incidents and maintenance.
"use strict";

const { Statuspage } = require("statuspage.io");

const brief = (event) => ({
  name: event.name,
  status: event.status,
  impact: event.impact,
  resolved: event.resolved_at !== null,
  scheduled_for: event.scheduled_for,
  updates: event.incident_updates.map((update) => update.status),
  moves: event.incident_updates.map((update) =>
    (update.affected_components || []).map((each) => [each.name, each.old_status, each.new_status]),
  ),
});

// What the library asks for all maintenance, and for that which goes on, is the address of that which is to come.
const plainly = async (address, name) => (await fetch(`${address}/api/v2/${name}.json`)).json();

exports.read = async ({ address }) => {
  const client = new Statuspage("bitacora");
  client.setApiUrl(address);
  const [components, status, summary, incidents, unresolved, maintenances, upcoming, active] = await Promise.all([
    client.api.getComponents(),
    client.api.getStatus(),
    client.api.getSummary(),
    client.api.incidents.getAll(),
    client.api.incidents.getUnresolved(),
    plainly(address, "scheduled-maintenances"),
    client.api.scheduledMaintenances.getUpcoming(),
    plainly(address, "scheduled-maintenances/active"),
  ]);
  return {
    page: summary.page,
    indicator: status.status.indicator,
    description: status.status.description,
    components: Object.fromEntries(
      components.components.filter((each) => !each.group).map((each) => [each.name, each.status]),
    ),
    groups: components.components.filter((each) => each.group).map((each) => each.name),
    summary: {
      incidents: summary.incidents.map(brief),
      maintenances: summary.scheduled_maintenances.map(brief),
    },
    incidents: incidents.incidents.map(brief),
    unresolved: unresolved.incidents.map(brief),
    maintenances: maintenances.scheduled_maintenances.map(brief),
    upcoming: upcoming.scheduled_maintenances.map(brief),
    active: active.scheduled_maintenances.map(brief),
  };
};
