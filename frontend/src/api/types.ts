/**
 * What the server says, named as the page uses it; the shapes come from `openapi.json` (`npm run types`).
 * Times are ISO 8601 UTC; boxes and points are 0..1 of the frame, origin top-left.
 */
import type { components } from './schema.d.ts';

type Schemas = components['schemas'];

export type Language = Schemas['Me']['language'];
export type Role = Schemas['Role'];
export type Said = Schemas['SaidBody'];
export type Box = [x: number, y: number, w: number, h: number];
export type Point = [x: number, y: number];

/** `time_zone` is read where a server tells it; without it the ward is taken to live by Vietnam's clock. */
export type Session = Schemas['SessionBody'] & { time_zone?: string };
export type Member = Schemas['PersonBody'];
export type NewMember = Schemas['NewPerson'];
export type MemberChange = Schemas['PersonChange'];

export type Kind = Schemas['KindBody'];
export type RuleSetting = Schemas['RuleSettingBody'];
export type Reason = Schemas['ReasonBody'];
export type RejectReason = Schemas['RejectReason'];

export type Link = Schemas['Link'];
export type StreamRole = Schemas['StreamRole'];
export type Stream = Schemas['StreamBody'];
export type Purpose = Schemas['Purpose'];
/** A zone with every list there, as the editor needs it; absent ones are empty. */
export type Zone = Required<Schemas['ZoneBody']>;
export type Camera = Omit<Schemas['CameraBody'], 'zones'> & { zones: Zone[] };
export type NewCamera = Pick<Schemas['NewCamera'], 'id' | 'name' | 'main' | 'sub'> & Partial<Pick<Schemas['NewCamera'], 'record' | 'register'>>;
export type CameraChange = Schemas['CameraChange'];

export type FoundDevice = Schemas['FoundBody'];
export type NetworkInterface = Schemas['InterfaceBody'];
export type DeviceFacts = Schemas['DeviceBody'];
export type DeviceLogin = Required<Schemas['DeviceForm']>;
export type ProbeForm = Schemas['ProbeForm'];
export type Probe = Schemas['ProbeBody'];
export type RegisterEntry = Required<Schemas['RegisterBody']>;
export type RegisterLine = Omit<Schemas['RegisterLineBody'], 'entry'> & { entry: RegisterEntry };
export type Ending = Schemas['EndingBody'];
export type CsvSheet = Schemas['CsvBody'];

export type IncidentState = Schemas['IncidentState'];
export type IncidentBrief = Schemas['IncidentBrief'];
export type IncidentPage = Omit<Schemas['IncidentPage'], 'counts'> & { counts: Partial<Record<IncidentState, number>> };
export type IncidentDetail = Schemas['IncidentDetail'];
export type Hit = Schemas['HitBody'];
export type Evidence = Schemas['EvidenceBody'];
export type ClipBox = Schemas['ClipBox'];
export type HistoryRow = Schemas['HistoryBody'];
export type NewIncident = Schemas['NewIncident'];
export type Decision = Schemas['DecisionForm']['decision'];
export type DecisionForm = Partial<Schemas['DecisionForm']> & Pick<Schemas['DecisionForm'], 'decision' | 'version'>;

export type AllowIncident = Schemas['AllowIncidentForm'];
export type AllowPlace = Schemas['AllowPlaceForm'];

export type Visit = Schemas['VisitBody'];
export type SearchPage = Schemas['SearchBody'];

export type AuditRow = Schemas['AuditBody'];
export type AuditPage = Schemas['AuditPage'];
export type SystemInfo = Schemas['SystemBody'];

export type Targets = Schemas['TargetsBody'];
export type WardHealth = Schemas['WardHealthBody'];
export type DiskHealth = Schemas['DiskHealthBody'];
export type CameraHealth = Schemas['CameraHealthBody'];
export type Precision = Schemas['PrecisionBody'];
export type Tally = Schemas['TallyBody'];
export type Proposal = Schemas['ProposalBody'];
export type Problem = Schemas['ProblemBody'];

export type CameraLine = Schemas['CameraLine'];
export type TimelineBody = Schemas['TimelineBody'];
export type CalendarDay = Schemas['CalendarDay'];
export type FootageRecord = Schemas['FootageRecords'][keyof Schemas['FootageRecords']];
export type Export = Schemas['ExportBody'];
export type NewExport = Schemas['NewExport'];

export type Events = Schemas['EventKinds'];
export type LiveMessage = Schemas['LiveMessages'][keyof Schemas['LiveMessages']];
export type LiveBox = Schemas['LiveBox'];
export type WardDecision = Schemas['DecisionBody'];
export type WardDecisions = Schemas['DecisionsBody'];
export type NewWardDecision = Schemas['NewDecision'];
export type Retention = Schemas['RetentionBody'];
export type Hold = Schemas['HoldBody'];
export type NewHold = Schemas['NewHold'];
export type Trial = Schemas['TrialBrief'];
export type TrialDetail = Schemas['TrialBody'];
export type TrialScene = Schemas['SceneBody'];
export type TrialOutcome = TrialScene['outcome'];
export type SceneChoice = Schemas['SceneChoice'];
export type ZoneAdvice = Schemas['ZoneAdviceBody'];
export type ZoneCheck = Schemas['ZoneCheck'];
export type ZoneCheckForm = Schemas['ZoneCheckForm'];
export type Ground = Schemas['GroundForm'];
export type Traffic = Schemas['TrafficBody'];
export type Lamps = Schemas['LampsBody'];
export type NewTrial = Schemas['NewTrial'];
export type Uplinks = Schemas['UplinksBody'];
export type Uplink = Schemas['UplinkBody'];
export type NewUplink = Schemas['NewUplink'];
export type MadeUplink = Schemas['MadeUplink'];
export type UplinkCheck = Schemas['UplinkCheckBody'];
export type UplinkAdvice = Schemas['UplinkAdvice'];
