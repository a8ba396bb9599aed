/** Which Python runs moto. */
import { pythonLocation } from '../vscode/locations.mjs';

/** PYTHON when set, else the environment that set-up made; throws with the command to run when that is missing. */
export function emulatorPython(): string {
  const given = process.env['PYTHON'];
  return given === undefined || given === '' ? pythonLocation() : given;
}
