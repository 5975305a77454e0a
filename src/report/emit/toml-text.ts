/** A text as a basic string of TOML, whose escapes are those of JSON (TOML 1.0, "String"). */
export function tomlText(text: string): string {
  return JSON.stringify(text).replaceAll('\u007f', '\\u007f');
}
