/**
 * The bytes of the first source, or of the second one where the first has none at all. What breaks off later is not made up for:
 * those are other bytes.
 *
 * `opened` hears that the first has begun.
 *
 * @throws what the first throws, unless `isOther` says that the second may have them.
 */
export async function* firstThatOpens(
  first: AsyncIterable<Uint8Array>,
  second: () => AsyncIterable<Uint8Array>,
  isOther: (error: unknown) => boolean,
  opened: () => void = () => undefined,
): AsyncGenerator<Uint8Array> {
  let isOpen = false;
  try {
    for await (const chunk of first) {
      if (!isOpen) opened();
      isOpen = true;
      yield chunk;
    }
    return;
  } catch (error) {
    if (isOpen || !isOther(error)) throw error;
  }
  yield* second();
}
