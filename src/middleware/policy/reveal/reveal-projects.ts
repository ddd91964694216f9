import { isJsonObject, type Json, type JsonObject } from '../../../call/json.ts';
import type { Permission } from '../permission.ts';

/** Projects in which the principal may know of something. The guard's account may see more of them. */
export async function revealProjects(body: JsonObject, permission: Permission): Promise<JsonObject> {
  const { projects, totalItems: _total, etag: _etag, ...page } = body;
  const listed = Array.isArray(projects) ? projects : [];
  const known = await Promise.all(listed.map((item: Json) => mayKnow(item, permission)));
  const items = listed.filter((_, index) => known[index]);
  return items.length === 0 ? page : { ...page, projects: items };
}

async function mayKnow(item: Json, permission: Permission): Promise<boolean> {
  const reference = isJsonObject(item) ? item['projectReference'] : undefined;
  const project = isJsonObject(reference) ? reference['projectId'] : undefined;
  return typeof project === 'string' && permission.mayKnow({ kind: 'datasets', project });
}
