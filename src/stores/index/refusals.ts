/** Why an index cannot be opened, each with its remedy. */

/** The file cannot be read as an index. Nothing is lost: all of it can be made again out of the journal. */
export class DamagedIndex extends Error {
  constructor(file: string, cause: unknown) {
    const why = (cause instanceof Error ? cause.message : String(cause)).split("\n", 1)[0];
    super(`${file} is damaged (${why}): rebuild it with \`tiercel journal rejudge\``, { cause });
    this.name = "DamagedIndex";
  }
}

export class NewerIndex extends Error {
  constructor(file: string, version: number, known: number) {
    super(
      `${file} has schema version ${version}, this Tiercel knows versions up to ${known}: run the newer Tiercel that wrote it, or rebuild it with \`tiercel journal rejudge\``,
    );
    this.name = "NewerIndex";
  }
}

export class IndexInUse extends Error {
  constructor(file: string, cause: unknown) {
    super(`${file} is open in another process: stop that Tiercel first, or give this one another data folder`, {
      cause,
    });
    this.name = "IndexInUse";
  }
}
