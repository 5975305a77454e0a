import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const ROOT = join(import.meta.dirname, '..', '..', '..');

/** The shape of JSON, in one form for types and schemas. Literals and keys are sorted where order means nothing. */
export type Shape =
  | 'string'
  | 'number'
  | 'boolean'
  | 'null'
  | { readonly literal: string | number }
  | { readonly anyOf: readonly Shape[] }
  | { readonly listOf: Shape }
  | { readonly object: Readonly<Record<string, { readonly shape: Shape; readonly required: boolean }>> }
  | { readonly tableOf: Shape; readonly keys: Shape };

/** One shape out of several: nested choices are flattened, doubles dropped. */
export function choice(shapes: readonly Shape[]): Shape {
  const flat = shapes.flatMap((shape) => (typeof shape === 'object' && 'anyOf' in shape ? shape.anyOf : [shape]));
  const sorted = [...new Map(flat.map((shape) => [JSON.stringify(shape), shape])).entries()].sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  const unique = sorted.map(([, shape]) => shape);
  return unique.length === 1 && unique[0] !== undefined ? unique[0] : { anyOf: unique };
}

type Declaration = ts.TypeAliasDeclaration | ts.InterfaceDeclaration;

/** The exported types of source files, by name, read as text: nothing of them is run. */
export class SourceTypes {
  readonly #declarations = new Map<string, Declaration>();

  constructor(files: readonly string[]) {
    for (const file of files) {
      const text = readFileSync(join(ROOT, file), 'utf8');
      for (const statement of ts.createSourceFile(file, text, ts.ScriptTarget.ES2023).statements) {
        if (ts.isTypeAliasDeclaration(statement) || ts.isInterfaceDeclaration(statement))
          this.#declarations.set(statement.name.text, statement);
      }
    }
  }

  /** The shape of a named type once it has gone through JSON: properties that may be undefined are optional. */
  shapeOf(name: string): Shape {
    const declaration = this.#declarations.get(name);
    if (declaration === undefined) throw new Error(`there is no type ${name}`);
    if (ts.isTypeAliasDeclaration(declaration)) return this.#shape(declaration.type);
    const own = this.#object(declaration.members);
    const parents = (declaration.heritageClauses ?? []).flatMap(({ types }) => types);
    return parents.reduce((shape, { expression }) => {
      const parent = ts.isIdentifier(expression) ? this.shapeOf(expression.text) : undefined;
      if (typeof parent !== 'object' || !('object' in parent) || typeof shape !== 'object' || !('object' in shape))
        throw new Error(`${name} extends something else than an interface`);
      return { object: { ...parent.object, ...shape.object } };
    }, own);
  }

  /** The words of a union of text literals, in their order. */
  wordsOf(name: string): readonly string[] {
    const declaration = this.#declarations.get(name);
    if (declaration === undefined || !ts.isTypeAliasDeclaration(declaration) || !ts.isUnionTypeNode(declaration.type))
      throw new Error(`${name} is no union`);
    return declaration.type.types.map((type) => {
      if (!ts.isLiteralTypeNode(type) || !ts.isStringLiteral(type.literal))
        throw new Error(`${name} has other members`);
      return type.literal.text;
    });
  }

  /** The names of an interface's properties, in their order. */
  keysOf(name: string): readonly string[] {
    const declaration = this.#declarations.get(name);
    if (declaration === undefined || !ts.isInterfaceDeclaration(declaration))
      throw new Error(`${name} is no interface`);
    return declaration.members.flatMap(({ name: key }) =>
      key !== undefined && ts.isIdentifier(key) ? [key.text] : [],
    );
  }

  #object(members: ts.NodeArray<ts.TypeElement>): Shape {
    const entries = members.map((member) => {
      if (!ts.isPropertySignature(member) || member.type === undefined || !ts.isIdentifier(member.name))
        throw new Error('a member that is no plain property');
      const parts = ts.isUnionTypeNode(member.type) ? [...member.type.types] : [member.type];
      const defined = parts.filter((part) => part.kind !== ts.SyntaxKind.UndefinedKeyword);
      const required = defined.length === parts.length && member.questionToken === undefined;
      return [member.name.text, { shape: choice(defined.map((part) => this.#shape(part))), required }] as const;
    });
    return { object: Object.fromEntries(entries) };
  }

  #reference(node: ts.TypeReferenceNode): Shape {
    if (!ts.isIdentifier(node.typeName)) throw new Error('a qualified type name');
    const [first, second] = node.typeArguments ?? [];
    const name = node.typeName.text;
    if ((name === 'Readonly' || name === 'Partial') && first !== undefined) return this.#shape(first);
    if (name === 'Record' && first !== undefined && second !== undefined)
      return { tableOf: this.#shape(second), keys: this.#shape(first) };
    // a text that has been checked
    if (name === 'Digest') return 'string';
    return this.shapeOf(name);
  }

  #joined(nodes: readonly ts.TypeNode[]): Shape {
    const objects = nodes.map((node) => {
      const shape = this.#shape(node);
      if (typeof shape !== 'object' || !('object' in shape))
        throw new Error('an intersection of other things than objects');
      return shape.object;
    });
    return { object: Object.assign({}, ...objects) };
  }

  #shape(node: ts.TypeNode): Shape {
    if (ts.isTypeOperatorNode(node)) return this.#shape(node.type);
    if (ts.isParenthesizedTypeNode(node)) return this.#shape(node.type);
    if (ts.isArrayTypeNode(node)) return { listOf: this.#shape(node.elementType) };
    if (ts.isUnionTypeNode(node)) return choice(node.types.map((type) => this.#shape(type)));
    if (ts.isIntersectionTypeNode(node)) return this.#joined(node.types);
    if (ts.isTypeLiteralNode(node)) return this.#object(node.members);
    if (ts.isTypeReferenceNode(node)) return this.#reference(node);
    if (node.kind === ts.SyntaxKind.StringKeyword) return 'string';
    if (node.kind === ts.SyntaxKind.NumberKeyword) return 'number';
    if (node.kind === ts.SyntaxKind.BooleanKeyword) return 'boolean';
    if (ts.isLiteralTypeNode(node)) {
      if (node.literal.kind === ts.SyntaxKind.NullKeyword) return 'null';
      if (ts.isStringLiteral(node.literal)) return { literal: node.literal.text };
      if (ts.isNumericLiteral(node.literal)) return { literal: Number(node.literal.text) };
    }
    throw new Error(`a type of a kind that no report has: ${ts.SyntaxKind[node.kind]}`);
  }
}
