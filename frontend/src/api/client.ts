import type { components } from './schema.d.ts';
import type {
  AllowIncident,
  AllowPlace,
  AuditPage,
  CalendarDay,
  Camera,
  CameraChange,
  CsvSheet,
  DecisionForm,
  DeviceFacts,
  DeviceLogin,
  Ending,
  Export,
  FoundDevice,
  Ground,
  Hold,
  IncidentDetail,
  IncidentPage,
  Kind,
  Lamps,
  Language,
  MadeUplink,
  Member,
  MemberChange,
  NetworkInterface,
  NewCamera,
  NewExport,
  NewHold,
  NewIncident,
  NewMember,
  NewTrial,
  NewUplink,
  Point,
  Precision,
  Probe,
  ProbeForm,
  Proposal,
  Reason,
  RegisterEntry,
  RegisterLine,
  Retention,
  SearchPage,
  Session,
  SystemInfo,
  SceneChoice,
  TimelineBody,
  Targets,
  Trial,
  TrialDetail,
  Traffic,
  UplinkAdvice,
  UplinkCheck,
  Uplinks,
  WardHealth,
  Zone,
  NewWardDecision,
  WardDecision,
  WardDecisions,
  ZoneCheck,
  ZoneCheckForm,
} from './types.ts';

/** What went wrong, as a sentence in both languages. `status` is 0 when the server could not be reached. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly vi: string;
  readonly en: string;

  constructor(status: number, code: string, vi: string, en: string) {
    super(en);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.vi = vi;
    this.en = en;
  }
}

const OFFLINE = new ApiError(0, 'offline', 'Không nối được với máy chủ. Hãy thử lại.', 'The server cannot be reached. Try again.');

let csrf = '';
let onSignedOut: () => void = () => {};

/** Called by the session: the token that unsafe requests carry, and what to do when the server no longer knows us. */
export function setCsrf(value: string): void {
  csrf = value;
}
export function whenSignedOut(then: () => void): void {
  onSignedOut = then;
}

async function failure(response: Response): Promise<ApiError> {
  let code = 'http';
  let vi = `Máy chủ trả lời lỗi ${response.status}.`;
  let en = `The server answered with error ${response.status}.`;
  try {
    const body = (await response.json()) as { error?: { code?: string; vi?: string; en?: string } };
    code = body.error?.code ?? code;
    vi = body.error?.vi ?? vi;
    en = body.error?.en ?? en;
  } catch {
    // an answer without our envelope (a proxy's page): the status says enough
  }
  return new ApiError(response.status, code, vi, en);
}

async function send(method: string, path: string, body?: unknown, type = 'application/json', signal?: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = {};
  if (method !== 'GET') headers['X-CSRF-Token'] = csrf;
  if (body !== undefined) headers['Content-Type'] = type;
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers,
      credentials: 'same-origin',
      ...(signal ? { signal } : {}),
      ...(body === undefined ? {} : { body: typeof body === 'string' || body instanceof Blob ? body : JSON.stringify(body) }),
    });
  } catch {
    throw OFFLINE;
  }
  if (response.ok) return response;
  const error = await failure(response);
  if (error.status === 401 && path !== '/api/session' && path !== '/api/setup') onSignedOut();
  throw error;
}

async function json<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await send(method, path, body);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

export type Query = Record<string, string | number | null | undefined | readonly string[]>;

function query(values: Query): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) {
    for (const one of Array.isArray(value) ? (value as readonly string[]) : [value as string | number | null | undefined]) {
      if (one !== null && one !== undefined && one !== '') search.append(key, String(one));
    }
  }
  const text = search.toString();
  return text ? `?${text}` : '';
}

const at = encodeURIComponent;

type CameraSent = components['schemas']['CameraBody'];

/** A camera with the zones' absent parts filled in, so that nothing else has to ask whether they are there. */
function whole(camera: CameraSent): Camera {
  const zones = camera.zones.map((zone) => ({
    id: zone.id,
    purpose: zone.purpose,
    polygon: zone.polygon ?? null,
    line: zone.line ?? null,
    direction: zone.direction ?? null,
    lamp: zone.lamp ?? null,
    permitted_hours: zone.permitted_hours ?? [],
    closed_hours: zone.closed_hours ?? [],
    rules: zone.rules ?? {},
    permitted: zone.permitted ?? [],
  }));
  return { ...camera, zones };
}

export const api = {
  session: () => json<Session>('GET', '/api/session'),
  setup: (body: { token: string; ward_name: string; name: string; login: string; password: string }) =>
    json<Session>('POST', '/api/setup', body),
  signIn: (login: string, password: string) => json<Session>('POST', '/api/session', { login, password }),
  signOut: () => send('DELETE', '/api/session'),
  changeSelf: (body: { language?: Language; password?: string; old_password?: string }) =>
    json<Session>('PATCH', '/api/session', body),

  people: () => json<Member[]>('GET', '/api/people'),
  addPerson: (body: NewMember) =>
    json<Member>('POST', '/api/people', body),
  changePerson: (id: string, body: MemberChange) =>
    json<Member>('PATCH', `/api/people/${at(id)}`, body),

  kinds: () => json<Kind[]>('GET', '/api/kinds'),
  reasons: () => json<Reason[]>('GET', '/api/reasons'),

  cameras: async () => (await json<CameraSent[]>('GET', '/api/cameras')).map(whole),
  addCamera: (body: NewCamera) => json<Camera>('POST', '/api/cameras', body),
  changeCamera: (id: string, body: CameraChange) => json<Camera>('PUT', `/api/cameras/${at(id)}`, body),
  deleteCamera: (id: string) => send('DELETE', `/api/cameras/${at(id)}`),
  saveZones: async (id: string, zones: Zone[]) =>
    whole(await json<CameraSent>('PUT', `/api/cameras/${at(id)}/zones`, zones)),
  allowPlace: async (id: string, zone: string, body: AllowPlace) =>
    whole(await json<CameraSent>('POST', `/api/cameras/${at(id)}/zones/${at(zone)}/permitted`, body)),
  takeBackPermit: async (id: string, zone: string, permitted: string) =>
    whole(await json<CameraSent>('DELETE', `/api/cameras/${at(id)}/zones/${at(zone)}/permitted/${at(permitted)}`)),
  cameraFile: async (id: string) => (await send('GET', `/api/cameras/${at(id)}/file`)).text(),
  importCamera: async (toml: string) =>
    (await send('POST', '/api/cameras/import', toml, 'application/toml')).json() as Promise<Camera>,
  interfaces: () => json<NetworkInterface[]>('GET', '/api/onboarding/interfaces'),
  discover: (on: string) => json<FoundDevice[]>('POST', '/api/onboarding/discover', { interface: on }),
  askDevice: (login: DeviceLogin) => json<DeviceFacts>('POST', '/api/onboarding/device', login),
  setDeviceClock: (form: DeviceLogin & { ntp: string }) => send('POST', '/api/onboarding/clock', form),
  probe: (form: ProbeForm) => json<Probe>('POST', '/api/onboarding/probe', form),
  uplinks: () => json<Uplinks>('GET', '/api/uplinks'),
  addUplink: (body: NewUplink) => json<MadeUplink>('POST', '/api/uplinks', body),
  checkUplink: (name: string) => json<UplinkCheck>('POST', `/api/uplinks/${at(name)}/check`),
  removeUplink: (name: string) => json<Uplinks>('DELETE', `/api/uplinks/${at(name)}`),
  adviseUplink: (asked: { uplink_kbit: number; cameras: number; main_kbit: number; sub_kbit: number }) =>
    json<UplinkAdvice>('GET', `/api/uplinks/advice${query(asked)}`),
  register: (id: string) => json<RegisterEntry>('GET', `/api/cameras/${at(id)}/register`),
  saveRegister: (id: string, entry: RegisterEntry) => json<RegisterEntry>('PUT', `/api/cameras/${at(id)}/register`, entry),
  registerList: () => json<RegisterLine[]>('GET', '/api/register'),
  endings: () => json<Ending[]>('GET', '/api/register/endings'),
  readCsv: async (file: Blob, commit: boolean) =>
    (await send('POST', `/api/camera-csv?commit=${commit}`, file, 'text/csv')).json() as Promise<CsvSheet>,
  still: async (id: string, stream: 'sub' | 'main') =>
    (await send('GET', `/api/cameras/${at(id)}/still?stream=${stream}`)).blob(),
  playlistUrl: (id: string, stream: 'sub' | 'main') => `/api/cameras/${at(id)}/live.m3u8?stream=${stream}`,
  /** With `h264` the sub stream encoded anew, for a browser that cannot play what the camera sends. */
  liveUrl: (id: string, stream: 'sub' | 'main', h264 = false) => {
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    return `${scheme}://${location.host}/api/cameras/${at(id)}/live?stream=${stream}${h264 ? '&h264=true' : ''}`;
  },

  incidents: (filter: Query) =>
    json<IncidentPage>('GET', `/api/incidents${query(filter)}`),
  incident: (id: string) => json<IncidentDetail>('GET', `/api/incidents/${at(id)}`),
  reportIncident: (body: NewIncident) =>
    json<IncidentDetail>('POST', '/api/incidents', body),
  decide: (id: string, body: DecisionForm) =>
    json<IncidentDetail>('POST', `/api/incidents/${at(id)}/decision`, body),
  allowIncident: (id: string, body: AllowIncident) =>
    json<IncidentDetail>('POST', `/api/incidents/${at(id)}/allow`, body),
  note: (id: string, note: string) => json<IncidentDetail>('POST', `/api/incidents/${at(id)}/notes`, { note }),

  search: (question: Query) => json<SearchPage>('GET', `/api/search${query(question)}`),

  timeline: (camera: readonly string[], from: string, to: string) =>
    json<TimelineBody>('GET', `/api/timeline${query({ camera, from, to })}`),
  calendar: (id: string, year: number, month: number) =>
    json<{ days: CalendarDay[] }>('GET', `/api/cameras/${at(id)}/calendar${query({ year, month })}`),
  footage: (id: string, asked: Query, signal: AbortSignal) =>
    send('GET', `/api/cameras/${at(id)}/footage${query(asked)}`, undefined, undefined, signal),
  preview: async (id: string, when: string) =>
    (await send('GET', `/api/cameras/${at(id)}/preview${query({ at: when })}`)).blob(),
  frame: async (id: string, when: string) =>
    (await send('GET', `/api/cameras/${at(id)}/frame${query({ at: when })}`)).blob(),
  frameUrl: (id: string, when: string) => `/api/cameras/${at(id)}/frame${query({ at: when })}`,
  exports: () => json<Export[]>('GET', '/api/exports'),
  askExport: (body: NewExport) => json<Export>('POST', '/api/exports', body),

  audit: (cursor: string | null) => json<AuditPage>('GET', `/api/audit${query({ cursor })}`),
  targets: () => json<Targets>('GET', '/api/targets'),
  testTarget: (name: string) => json<Targets>('POST', `/api/targets/${at(name)}/test`),
  resendLetter: (id: string) => json<Targets>('POST', `/api/targets/letters/${at(id)}/resend`),
  wardHealth: () => json<WardHealth>('GET', '/api/health'),
  answerProblem: (id: string, body: { note: string; assigned: string }) =>
    json<WardHealth>('POST', `/api/health/problems/${at(id)}/answer`, body),
  setQuietHours: (body: { hours: string | null; urgent_always: boolean }) => json<WardHealth>('PUT', '/api/health/quiet-hours', body),
  precision: (days: number) => json<Precision>('GET', `/api/feedback/precision${query({ days })}`),
  proposals: () => json<Proposal[]>('GET', '/api/feedback/proposals'),
  answerProposal: (id: string, body: { accept: boolean; reason: string }) =>
    json<Proposal>('POST', `/api/feedback/proposals/${at(id)}/answer`, body),
  revertProposal: (id: string) => json<Proposal>('POST', `/api/feedback/proposals/${at(id)}/revert`, { reason: '' }),
  system: () => json<SystemInfo>('GET', '/api/system'),

  decisions: () => json<WardDecisions>('GET', '/api/decisions'),
  enterDecision: (body: NewWardDecision) => json<WardDecision>('POST', '/api/decisions', body),
  confirmDecision: (id: string) => json<WardDecision>('POST', `/api/decisions/${at(id)}/confirm`),
  revokeDecision: (id: string, reason: string) => json<WardDecision>('POST', `/api/decisions/${at(id)}/revoke`, { reason }),

  retention: () => json<Retention>('GET', '/api/retention'),
  holdFootage: (body: NewHold) => json<Hold>('POST', '/api/retention/holds', body),
  checkZones: (id: string, form: ZoneCheckForm) => json<ZoneCheck>('POST', `/api/cameras/${at(id)}/zones/check`, form),
  saveGround: (id: string, form: Ground) => send('PUT', `/api/cameras/${at(id)}/ground`, form),
  suggestDirections: (id: string, polygon: Point[]) => json<Traffic>('POST', `/api/cameras/${at(id)}/suggestions/directions`, { polygon }),
  suggestLamp: (id: string) => json<Lamps>('POST', `/api/cameras/${at(id)}/suggestions/lamp`),
  trials: () => json<Trial[]>('GET', '/api/trials'),
  scenes: (camera: string[]) => json<SceneChoice[]>('GET', `/api/trials/scenes${query({ camera })}`),
  trial: (id: string) => json<TrialDetail>('GET', `/api/trials/${at(id)}`),
  startTrial: (body: NewTrial) => json<TrialDetail>('POST', '/api/trials', body),
  addScene: (id: string, scene: string) => json<TrialDetail>('POST', `/api/trials/${at(id)}/scenes`, { scene }),
  actScene: (id: string, scene: string, body: { at?: string; now?: boolean }) =>
    json<TrialDetail>('POST', `/api/trials/${at(id)}/scenes/${at(scene)}/acted`, body),
  endTrial: (id: string, note: string) => json<TrialDetail>('POST', `/api/trials/${at(id)}/end`, { note }),
  cancelTrial: (id: string, note: string) => json<TrialDetail>('POST', `/api/trials/${at(id)}/cancel`, { note }),
  signTrial: (id: string) => json<TrialDetail>('POST', `/api/trials/${at(id)}/sign`),
  takeFromTrial: (incident: string) => send('DELETE', `/api/trials/incidents/${at(incident)}`),
  releaseHold: (id: string, reason: string) => send('DELETE', `/api/retention/holds/${at(id)}${query({ reason })}`),
};
