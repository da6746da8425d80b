/** What the server says, as JSON. Times are ISO 8601 UTC; boxes and points are 0..1 of the frame, origin top-left. */

export type Language = 'vi' | 'en';
export type Role = 'observer' | 'officer' | 'supervisor' | 'admin';
export type Said = { vi: string; en: string };
export type Box = [x: number, y: number, w: number, h: number];
export type Point = [x: number, y: number];

export type Person = { id: string; login: string; name: string; role: Role; language: Language };
export type Session = {
  needs_setup: boolean;
  person: Person | null;
  csrf: string;
  ward_name: string;
  version: string;
  demo: boolean;
  time_zone?: string;
};

export type Member = {
  id: string;
  login: string;
  name: string;
  role: Role;
  active: boolean;
  language?: Language;
};

export type Kind = {
  kind: string;
  vi: string;
  en: string;
  group: string;
  advisory: boolean;
  found_by_rule: boolean;
};
export type Reason = { code: string; vi: string; en: string };

export type Link = 'connecting' | 'live' | 'lost' | 'refused' | 'off';
export type StreamRole = 'main' | 'sub';
export type StreamState = {
  link: Link;
  since: string;
  last_packet: string | null;
  fps: number;
  kbit_s: number;
  codec: string;
  width: number;
  height: number;
  clock_offset_ms: number | null;
  detail: string;
};
export type Stream = { address: string | null; state: StreamState | null };

export type Purpose =
  | 'sidewalk'
  | 'roadway'
  | 'no_parking'
  | 'no_dumping'
  | 'collection_point'
  | 'stop_line'
  | 'crosswalk'
  | 'restricted'
  | 'gathering'
  | 'watch'
  | 'privacy_mask'
  | 'ignore';
export type RuleSettings = Record<string, Record<string, number | boolean | string>>;
export type Zone = {
  id: string;
  purpose: Purpose;
  polygon?: Point[] | null;
  line?: [Point, Point] | null;
  direction?: Point | null;
  lamp?: Box | null;
  permitted_hours: string[];
  closed_hours: string[];
  rules: RuleSettings;
};
export type Camera = {
  id: string;
  name: string;
  staged: boolean;
  zones: Zone[];
  ground?: Point[] | null;
  ground_size_m?: Point | null;
  main: Stream;
  sub: Stream;
  masked: boolean;
  open_incidents: number;
};
export type CameraInput = { id: string; name: string; main?: string | null; sub?: string | null; staged?: boolean };

export type IncidentState = 'suspected' | 'in_review' | 'confirmed' | 'rejected' | 'not_reviewed';
export type IncidentBrief = {
  id: string;
  kind: string;
  kind_vi: string;
  kind_en: string;
  camera_id: string;
  camera_name: string;
  zone_id: string | null;
  state: IncidentState;
  source: 'rule' | 'person';
  start: string;
  end: string | null;
  at: string;
  score: number;
  advisory: boolean;
  staged: boolean;
  box: Box | null;
  why: Said;
  thumb_url: string | null;
  has_clip: boolean;
  version: number;
};
export type IncidentPage = {
  items: IncidentBrief[];
  next: string | null;
  counts: Partial<Record<IncidentState, number>>;
};
export type Hit = {
  kind: string;
  zone_id: string | null;
  at: string;
  start: string;
  end: string | null;
  box: Box | null;
  score: number;
  why: Said;
  figures: Record<string, number>;
};
export type EvidenceState = 'making' | 'ready' | 'failed';
export type ClipBox = { t_s: number; box: Box; group: string };
export type Evidence = {
  id: string;
  kind: 'clip' | 'still' | 'manifest';
  role: 'before' | 'during' | 'after' | null;
  at: string | null;
  start?: string | null;
  end?: string | null;
  url: string | null;
  sha256: string | null;
  size_bytes: number | null;
  state: EvidenceState;
  detail: string | Said | null;
  boxes?: ClipBox[] | null;
};
export type HistoryRow = {
  at: string;
  who: string | null;
  action: string;
  reason?: string | null;
  note?: string | null;
};
export type Decision = 'start_review' | 'confirm' | 'reject' | 'reopen';
export type IncidentDetail = IncidentBrief & {
  hits: Hit[];
  evidence: Evidence[];
  history: HistoryRow[];
  permitted: string[];
};

export type AuditRow = {
  at: string;
  who: string | null;
  action: string;
  object: string | null;
  detail: string | null;
  hash: string;
};
export type AuditPage = { items: AuditRow[]; next: string | null };

export type Process = {
  name: string;
  pid: number | null;
  state: string;
  since: string | null;
  restarts: number;
  figures: Record<string, number>;
};
export type SystemInfo = {
  version: string;
  now: string;
  processes: Process[];
  disk: { total: number; free: number; reserved: number };
  detector: { name: string; sha256: string; licence: string } | null;
  recordings: { bytes: number; oldest: string | null; newest: string | null };
};
