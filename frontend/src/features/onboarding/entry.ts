import type { DeviceFacts, RegisterEntry } from '../../api/types.ts';

/** An entry in which nobody has said anything yet. */
export function emptyEntry(): RegisterEntry {
  return {
    maker: '', model: '', serial: '', firmware: '', certificate: '', certificate_until: null, sign_at: null,
    purpose: '', place: '', installed_on: null, owner: '', warranty_until: null, retention_days: null,
  };
}

/** The entry with what the device says of itself, where nobody has said otherwise. */
export function withDevice(entry: RegisterEntry, device: DeviceFacts): RegisterEntry {
  return {
    ...entry,
    maker: entry.maker || device.maker,
    model: entry.model || device.model,
    serial: entry.serial || device.serial,
    firmware: entry.firmware || device.firmware,
  };
}
